import { EddyError } from '../core/errors.js';
import type { Snapshot } from '../core/stage.js';
import type { LearnerParts } from './learnerParts.js';
import { checkSnapshot, readTapeSnapshot, writeSnapshot } from './snapshot.js';

/** A copy of all that a learner needs to go on bit for bit: weights, moments, running state, tape, labels, counts. */
export function copyLearner({ model, options, tape, time, updater, throttle, counts }: LearnerParts): Snapshot {
  const current = time.current();
  return {
    newest: time.newest,
    newestLabel: time.newestLabel,
    first: time.first,
    optimizer: options.optimizer.name,
    powers: [...updater.powers],
    counts: { ...counts },
    throttle: throttle.snapshot(),
    ...(updater.random && { random: updater.random.snapshot() }),
    current,
    weights: Object.fromEntries(Object.entries(model.weights()).map(([name, { data }]) => [name, data])),
    tape: readTapeSnapshot(model, tape, current.length),
  };
}

/** @throws EddyError `invalid-state`, `invalid-weights`: it is of another shape. Nothing has changed then. */
export function putLearner(
  { model, options, tape, time, updater, throttle, counts }: LearnerParts,
  from: Snapshot,
): void {
  const { name } = options.optimizer;
  if (from.optimizer !== name) {
    throw new EddyError(
      'invalid-state',
      `learner.restore: the snapshot must be of ${name}, got one of ${String(from.optimizer)}, whose moments mean something else; open the learner with that optimizer`,
    );
  }
  const checked = checkSnapshot(model, tape, counts, from);
  writeSnapshot(model, checked);
  if (checked.random) updater.random?.restore(checked.random);
  model.version++;
  time.restore(checked);
  updater.powers = [...checked.powers];
  Object.assign(counts, checked.counts);
  throttle.restore(from.throttle);
}
