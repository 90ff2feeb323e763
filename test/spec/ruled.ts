import type { ReferenceState } from '../../src/nn/cells/reference.js';
import type { ReferenceTarget as SpecTarget } from '../../src/nn/losses/reference.js';
import { optimizers as registry } from '../../src/nn/optimizers/registry.js';
import { createSpecLearner, type Learnt, type SpecOptions, type SpecWeights } from './learner.js';

/** The specification without the type of its optimizer's state. */
export interface Spec {
  step(x: number[], target?: SpecTarget): Learnt & { index: number; output: number[] };
  label(index: number, target: SpecTarget): Learnt;
  reset(): Learnt;
  setWeights(weights: SpecWeights): void;
  weights(): SpecWeights;
  state(): ReferenceState[];
  counts(): { updates: number; unlabelled: number; nonFinite: number; late: number };
  /** A snapshot, as the call that goes back to it. */
  mark(): () => void;
}
const { members } = registry;
type Shared = Omit<SpecOptions<{ lr: number }, unknown>, 'optimizer'>;

/** The optimizers by name, each with what opens the specification with its reference. */
export const optimizers = Object.fromEntries(
  members.map(({ name, steady }) => {
    const { optimizer, withReference } = steady(0.02);
    const open = (shared: Shared): Spec =>
      withReference((rule, options) => {
        const spec = createSpecLearner({ ...shared, optimizer: { rule, options } });
        const mark = () => {
          const kept = spec.snapshot();
          return () => spec.restore(kept);
        };
        return { ...spec, mark };
      });
    return [name, { optimizer, open }];
  }),
);
