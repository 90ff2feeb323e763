// In workerd tfjs's own kernels come with this entry; elsewhere when its backend is first used.
import '#tfjs-ops';
import { registerGradients } from './gradients.js';
import { registerSequence } from './sequence.js';

export { tfjsLoss } from './loss.js';
export { sequence, type TensorState } from './sequence.js';
export { type TensorWeights, takeWeights, variables } from './weights.js';

// At the import, not at the first call: what is recorded on tfjs's tape before that call needs its gradients too.
registerGradients();
registerSequence();
