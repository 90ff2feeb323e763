import { EddyError } from '../src/core/errors.js';
import { snapshotRecord } from '../src/core/snapshotRecord.js';
import type { Snapshot } from '../src/core/stage.js';

/** Errors of forecasts as they come, beside the simple forecasts that they must beat. */
export interface Scored {
  rows: number;
  rowsPerSecond: number;
  /** Rows that were scored: those that had a forecast. */
  scored: number;
  skipped: number;
  /** Mean absolute error. */
  mae: number | null;
  /** Root of the mean squared error. */
  rmse: number | null;
  /** 1 − MAE / the baseline's MAE on the same rows: above 0 is better than it. */
  skill: { lastValue: number | null; seasonalNaive?: number | null };
}

/** Scores each row's forecast, the value `horizon` rows before it, and the one a season before, all known when the forecast was made. */
export function createScore(horizon: number, season: number) {
  // The newest season that has wholly come when a forecast is made.
  const seasonLag = season > 0 ? season * Math.ceil(horizon / season) : 0;
  const kept = Math.max(horizon, seasonLag) + 1;
  const values = new Float64Array(kept);
  let rows = 0;
  let scored = 0;
  let absolute = 0;
  let squared = 0;
  let last = 0;
  const seasonal = { scored: 0, own: 0, naive: 0 };
  return {
    add(value: number, forecast: number | undefined): void {
      values[rows % kept] = value;
      if (forecast !== undefined) {
        const error = Math.abs(value - forecast);
        scored++;
        absolute += error;
        squared += error * error;
        last += Math.abs(value - values[(rows - horizon) % kept]);
        if (season > 0 && rows >= seasonLag) {
          seasonal.scored++;
          seasonal.own += error;
          seasonal.naive += Math.abs(value - values[(rows - seasonLag) % kept]);
        }
      }
      rows++;
    },
    snapshot: (): Snapshot => ({
      values: values.slice(),
      rows,
      scored,
      absolute,
      squared,
      last,
      seasonal: { ...seasonal },
    }),
    restore(from: Snapshot): void {
      const number = (record: Snapshot, name: string): number => {
        const value = record[name];
        if (typeof value !== 'number') throw new EddyError('invalid-state', `score: '${name}' must be a number`);
        return value;
      };
      if (!(from.values instanceof Float64Array) || from.values.length !== kept) {
        throw new EddyError('invalid-state', 'score: the record is of another horizon or season');
      }
      values.set(from.values);
      [rows, scored] = [number(from, 'rows'), number(from, 'scored')];
      [absolute, squared, last] = [number(from, 'absolute'), number(from, 'squared'), number(from, 'last')];
      const { scored: count, own, naive } = snapshotRecord('score', 'seasonal', from.seasonal);
      Object.assign(seasonal, { scored: count, own, naive });
    },
    /** `taken`: the rows that took these seconds, without those of an earlier run. */
    summary(seconds: number, skipped: number, taken = rows): Scored {
      const skill = (own: number, baseline: number) => (baseline > 0 ? 1 - own / baseline : null);
      return {
        rows,
        rowsPerSecond: Math.round(taken / Math.max(seconds, 1e-9)),
        scored,
        skipped,
        mae: scored > 0 ? absolute / scored : null,
        rmse: scored > 0 ? Math.sqrt(squared / scored) : null,
        skill: {
          lastValue: skill(absolute, last),
          ...(season > 0 && { seasonalNaive: skill(seasonal.own, seasonal.naive) }),
        },
      };
    },
  };
}
