import type { Loss } from '../nn/losses/loss.js';
import type { Model } from '../nn/model/model.js';
import type { Tape } from './tape.js';

/** What a loss of JavaScript's own stands in for the loss kernels with: see `Loss.ofWindow`. */
export type WindowLoss = NonNullable<Loss['ofWindow']>;

/** Samples of a tape: `count` rows from `slot` on, their outputs at `y`, numbers of a target `width`. */
interface Stretch {
  slot: number;
  rows: number;
  count: number;
  y: number;
  width: number;
}

/** The outputs and targets of a stretch's labelled rows, and which rows these are. */
function labelled(model: Model, tape: Tape, { slot, rows, count, y, width }: Stretch) {
  const { output, outputPadded, runtime } = model;
  const memory = runtime.heap.f32;
  const target = (tape.target >> 2) + slot * rows * outputPadded;
  const places: number[] = [];
  for (let m = 0; m < count; m++) {
    const from = target + m * outputPadded;
    if (!memory.subarray(from, from + width).some(Number.isNaN)) places.push(m);
  }
  const gather = (start: number, each: number) => {
    const data = new Float32Array(places.length * each);
    places.forEach((m, k) => {
      const from = start + m * outputPadded;
      data.set(memory.subarray(from, from + each), k * each);
    });
    return data;
  };
  return { places, outputs: gather(y >> 2, output), targets: gather(target, width) };
}

/** Puts the gradient of the labelled rows in place, zeros elsewhere among the rows of the window. */
function spread(
  memory: Float32Array,
  dz: number,
  given: { places: number[]; gradient: Float32Array; output: number; outputPadded: number },
  rows: { from: number; of: number },
): void {
  const { places, gradient, output, outputPadded } = given;
  memory.fill(0, dz, dz + rows.of * outputPadded);
  places.forEach((m, k) => {
    memory.set(gradient.subarray(k * output, (k + 1) * output), dz + (rows.from + m) * outputPadded);
  });
}

/** The loss of one sample's rows; NaN: none has a target. */
export function lossOfSample(
  model: Model,
  tape: Tape,
  ofWindow: WindowLoss,
  sample: Omit<Stretch, 'count' | 'y'>,
): number {
  const { slot, rows } = sample;
  const y = tape.y + slot * rows * model.outputPadded * 4;
  const { places, outputs, targets } = labelled(model, tape, { ...sample, count: rows, y });
  return places.length > 0 ? ofWindow(outputs, targets, places.length).loss : Number.NaN;
}

/**
 * After a forward pass over the window: the gradient of its last labelled sample's loss, by the outputs, into dz. False: none is labelled.
 */
export function gradientOfLastSample(
  model: Model,
  tape: Tape,
  ofWindow: WindowLoss,
  { slot, steps, rows, width }: { slot: number; steps: number; rows: number; width: number },
): boolean {
  const { output, outputPadded, runtime } = model;
  const stride = rows * outputPadded;
  for (let t = steps - 1; t >= 0; t--) {
    const sample = { slot: slot + t, rows, count: rows, y: tape.windowY + t * stride * 4, width };
    const { places, outputs, targets } = labelled(model, tape, sample);
    if (places.length === 0) continue;
    const { gradient } = ofWindow(outputs, targets, places.length);
    spread(
      runtime.heap.f32,
      tape.dz >> 2,
      { places, gradient, output, outputPadded },
      { from: t * rows, of: steps * rows },
    );
    return true;
  }
  return false;
}

/**
 * What the kernel `update` does, with JavaScript's loss between its forward and its backward pass. Returns the gradient's norm before
 * clipping; −1: no sample has a target. A loss that throws leaves weights and optimizer as they were.
 */
export function updateByLoss(
  model: Model,
  tape: Tape,
  ofWindow: WindowLoss,
  { slot, rows, steps, width, again }: { slot: number; rows: number; steps: number; width: number; again: boolean },
): number {
  const { output, outputPadded, runtime } = model;
  const { heap, kernels } = runtime;
  if (again) kernels.learnerForward(tape.learner, slot, steps);
  const y = again ? tape.windowY : tape.y + slot * rows * outputPadded * 4;
  const { places, outputs, targets } = labelled(model, tape, { slot, rows, count: steps * rows, y, width });
  if (places.length === 0) return -1;
  const { gradient } = ofWindow(outputs, targets, places.length);
  // Read after the loss: its tensors may have made the heap grow.
  spread(heap.f32, tape.dz >> 2, { places, gradient, output, outputPadded }, { from: 0, of: steps * rows });
  kernels.learnerBackward(tape.learner, slot, steps, again ? 1 : 0);
  return kernels.learnerClipAndStep(tape.learner);
}
