import type { Model } from '../../nn/model/model.js';
import { withoutDropout } from '../dropout.js';
import type { Tape } from '../tape.js';
import { gradientOfLastSample, type WindowLoss } from '../windowLoss.js';

/**
 * ‖∂ℓ/∂h‖₂ for every layer (outer) and sample (inner) of a window of the tape, ℓ the loss of its last labelled sample alone, with today's
 * weights. Undefined: no sample has a label.
 */
export function gradientNorms(
  model: Model,
  tape: Tape,
  window: { slot: number; steps: number; rows: number; width: number },
  ofWindow: WindowLoss | undefined,
): Float64Array[] | undefined {
  const { heap, kernels } = model.runtime;
  const { slot, steps } = window;
  return withoutDropout(model, tape, () => {
    kernels.learnerForward(tape.learner, slot, steps);
    const found = ofWindow
      ? gradientOfLastSample(model, tape, ofWindow, window)
      : kernels.lagsSeed(tape.learner, slot, steps) >= 0;
    if (!found) return undefined;
    const out = heap.allocate(model.layers.length * steps * 8);
    try {
      kernels.lagsNorms(tape.learner, slot, steps, out);
      return model.layers.map((_, l) => heap.f64.slice((out >> 3) + l * steps, (out >> 3) + (l + 1) * steps));
    } finally {
      heap.free(out);
    }
  });
}
