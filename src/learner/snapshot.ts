import { EddyError } from '../core/errors.js';
import { createRandom } from '../core/random.js';
import { snapshotRecord } from '../core/snapshotRecord.js';
import type { Snapshot, SnapshotValue } from '../core/stage.js';
import type { Model } from '../nn/model/model.js';
import { checkTensors, type NamedTensor, type Weights, writeTensors } from '../nn/model/parameters.js';
import type { LearnerCounts } from './learnStep.js';
import type { Tape } from './tape.js';

/** What a learner's snapshot holds, every part of the shape that it must have. */
export interface CheckedSnapshot {
  readonly newest: number;
  readonly newestLabel: number;
  readonly first: number;
  readonly powers: readonly [number, number];
  readonly counts: LearnerCounts;
  /** For each sample on the tape: 1 where no weight has changed since. */
  readonly current: Float64Array;
  readonly weights: Weights;
  /** The dropout masks' generator, where layers have dropout. */
  readonly random: Snapshot | undefined;
  readonly tape: readonly { readonly start: number; readonly data: Float32Array }[];
}

/** A copy of the tape's first `count` slots, of the states before each, and of the optimizer's moments. */
export function readTapeSnapshot(model: Model, tape: Tape, count: number): Snapshot {
  const { f32 } = model.runtime.heap;
  return Object.fromEntries(
    parts(model, tape, count).map(({ name, start, floats }) => [name, f32.slice(start, start + floats)]),
  );
}

/** @throws EddyError `invalid-state`, `invalid-weights` unless the record is one of a learner of this shape. */
export function checkSnapshot(model: Model, tape: Tape, counts: LearnerCounts, from: Snapshot): CheckedSnapshot {
  const { newest, newestLabel, first, powers, current } = from;
  const foreign = (rule: string) =>
    new EddyError(
      'invalid-state',
      `learner.restore: ${rule}; restore a snapshot of a learner with the same model, rows, k1, k2, maxLag and optimizer`,
    );
  if (!isCount(newest) || !isCount(newestLabel) || !isCount(first) || first < 1 || newestLabel > newest)
    throw foreign('newest, front and first must be samples’ numbers, they are not');
  const kept = newest - first + 1;
  if (!(current instanceof Float64Array) || current.length !== kept || kept > tape.slots)
    throw foreign(`current must tell of at most ${tape.slots} samples, from first to newest, it does not`);
  const [one, two] = Array.isArray(powers) ? powers.map(Number) : [];
  if (!Number.isFinite(one) || !Number.isFinite(two)) throw foreign('powers must be two numbers, they are not');

  const names = Object.keys(counts);
  const counted = names.map((name) => [name, countOf(from.counts, name)] as const);
  const missing = counted.find(([, value]) => !isCount(value));
  if (missing) throw foreign(`counts.${missing[0]} must be a count, got ${String(missing[1])}`);

  const weights: { [name: string]: NamedTensor } = {};
  for (const { name, shape } of model.block.parameters) {
    const data = field(from.weights, name);
    if (data instanceof Float32Array) weights[name] = { shape, data };
  }
  checkTensors('learner.restore', model.block, weights);

  const random = model.layers.some(({ dropout }) => dropout > 0)
    ? snapshotRecord('learner.restore', 'random', from.random)
    : undefined;
  // A generator itself knows what it can go on from.
  if (random) createRandom(0).restore(random);

  const strips = parts(model, tape, kept).map(({ name, start, floats }) => {
    const data = field(from.tape, name);
    if (data instanceof Float32Array && data.length === floats) return { start, data };
    throw foreign(`'${name}' must have ${floats} numbers`);
  });
  return {
    newest,
    newestLabel,
    first,
    powers: [one, two],
    counts: { ...counts, ...Object.fromEntries(counted) },
    current,
    weights,
    random,
    tape: strips,
  };
}

/** Puts a checked snapshot's weights and tape in place. */
export function writeSnapshot(model: Model, { weights, tape }: CheckedSnapshot): void {
  const { f32 } = model.runtime.heap;
  for (const { start, data } of tape) f32.set(data, start);
  writeTensors(model.block, weights, f32, model.address >> 2);
}

const isCount = (value: SnapshotValue | undefined): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0;

/** What was not counted yet when the snapshot was made is 0. */
const countOf = (counts: SnapshotValue | undefined, name: string) =>
  name === 'skipped' ? (field(counts, name) ?? 0) : field(counts, name);

/** A record's own field; nothing where it is no record. */
function field(record: SnapshotValue | undefined, name: string): SnapshotValue | undefined {
  if (typeof record !== 'object' || record === null || Array.isArray(record) || ArrayBuffer.isView(record))
    return undefined;
  return Object.hasOwn(record, name) ? Reflect.get(record, name) : undefined;
}

/** What the tape consists of, in floats of the heap. */
function parts({ block }: Model, { strips, start, moments }: Tape, count: number) {
  const states = new Set(start.map(({ name }) => name));
  return [
    ...strips.map(({ name, address, bytes }) => {
      // The strips of states begin one slot before their first.
      const before = states.has(name) ? 1 : 0;
      return { name, start: (address - before * bytes) >> 2, floats: ((count + before) * bytes) >> 2 };
    }),
    ...moments.map((address, k) => ({ name: `moments.${k}`, start: address >> 2, floats: block.floats })),
  ];
}
