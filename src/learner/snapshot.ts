import { EddyError } from '../errors.js';
import type { Model } from '../model/model.js';
import type { Snapshot, SnapshotValue } from '../stage.js';
import type { Tape } from './tape.js';

/** A copy of the tape's first `count` slots, of the states before each, and of the optimizer's moments. */
export function readTapeSnapshot(model: Model, tape: Tape, count: number): Snapshot {
  const { f32 } = model.runtime.heap;
  return Object.fromEntries(
    parts(model, tape, count).map(({ name, start, floats }) => [name, f32.slice(start, start + floats)]),
  );
}

/** Puts a copy back. @throws EddyError `invalid-state` where it is of another shape; nothing has been written then. */
export function writeTapeSnapshot(model: Model, tape: Tape, count: number, from: SnapshotValue | undefined): void {
  const { f32 } = model.runtime.heap;
  const wanted = parts(model, tape, count);
  const found = wanted.map(({ name, floats }) => {
    const data =
      typeof from === 'object' && from !== null && Object.hasOwn(from, name) ? Reflect.get(from, name) : undefined;
    if (count <= tape.slots && data instanceof Float32Array && data.length === floats) return data;
    throw new EddyError(
      'invalid-state',
      `learner.restore: '${name}' must have ${floats} numbers; restore a snapshot of a learner with the same model, rows, k1, k2, maxLag and optimizer`,
    );
  });
  wanted.forEach(({ start }, k) => {
    f32.set(found[k], start);
  });
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
