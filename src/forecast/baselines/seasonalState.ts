import type { Snapshot } from '../../core/stage.js';
import type { Clock } from '../../stats/clock.js';
import type { History } from '../../stats/history.js';
import { checkArrays, numberOf, packState } from '../../stats/state.js';
import type { SeasonFinder } from '../seasonFinder.js';

/** What a model of seasons is made of: rows that are kept, the seasons found in them, and arrays of its own. */
export interface SeasonalParts {
  history: History;
  clock: Clock;
  finder: SeasonFinder;
  /** Their lengths may depend on the short season. */
  own: (short: number) => readonly Float64Array[];
}

const shared = ({ clock, finder }: SeasonalParts) => [clock.state, clock.gaps, finder.state];

export function copySeasonal(parts: SeasonalParts): Snapshot {
  const { history, clock, own } = parts;
  return {
    rows: history.count,
    capacity: history.capacity,
    short: clock.short,
    parts: packState([history.values, ...shared(parts), ...own(clock.short)]),
  };
}

/** @throws EddyError `invalid-state` on a record of another shape; nothing has changed then. */
export function putSeasonal(parts: SeasonalParts, from: Snapshot, where: string): void {
  const [rows, capacity, short] = ['rows', 'capacity', 'short'].map((name) => numberOf(where, from, name));
  const { history, own } = parts;
  const arrays = [...shared(parts), ...own(short)];
  const lengths = [history.channels * capacity, ...arrays.map(({ length }) => length)];
  const [values, ...saved] = checkArrays(where, lengths, from.parts);
  history.open(capacity);
  history.values.set(values);
  history.count = rows;
  arrays.forEach((array, i) => {
    array.set(saved[i]);
  });
}
