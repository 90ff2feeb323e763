import { createLearner } from '../../src/learner/learner.js';
import type { Target } from '../../src/learner/learnStep.js';
import { Model } from '../../src/nn/model/model.js';
import type { State } from '../../src/nn/model/state.js';
import type { WorkerLearnerOptions } from '../../src/worker/options.js';

/** A sample, and the target that came with it: of the sample `horizon` before. */
export interface Item {
  x: number[];
  target: Target | undefined;
  begins?: boolean;
}

/** What a learner in this thread makes of the items: the weights after each of them, as of the last hand-over. */
export function learnInThread(
  spec: Model,
  items: readonly Item[],
  { horizon = 0, handOver = { updates: 8 }, ...options }: WorkerLearnerOptions,
  state?: (model: Model) => State,
): { handed: Map<number, Float32Array>; last: Float32Array } {
  if (typeof horizon !== 'number') throw new Error('one horizon here');
  using model = new Model(spec.runtime, spec.spec);
  model.writeBlock(spec.readBlock());
  const start = state?.(model);
  using learner = createLearner(model, { ...options, maxLag: horizon, ...(start && { state: start }) });
  start?.dispose();
  const handed = new Map<number, Float32Array>();
  let updates = 0;
  items.forEach(({ x, target, begins }, i) => {
    if (begins) learner.reset();
    const { index } = horizon === 0 ? learner.step(x, target) : learner.step(x);
    if (horizon > 0 && target !== undefined && index > horizon) learner.label(index - horizon, target);
    const since = learner.counts.updates - updates;
    const scored = 'updates' in handOver ? since >= handOver.updates : since > 0 && (i + 1) % handOver.samples === 0;
    if (!scored) return;
    handed.set(i + 1, model.readBlock());
    updates = learner.counts.updates;
  });
  if (options.k1 === Number.POSITIVE_INFINITY) learner.reset();
  return { handed, last: model.readBlock() };
}
