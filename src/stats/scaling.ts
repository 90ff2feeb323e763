import { EddyError } from '../core/errors.js';
import { isRecord } from '../core/snapshot.js';
import { disposing, type OpenStage, type Snapshot } from '../core/stage.js';
import { type Row, readRow, widthOf } from './row.js';
import type { Scaler } from './scaler.js';

/** The stage behind `standardize` and `minMax`: emits a row as `scaler` saw it before learning from it. */
export function createScaling(
  scaler: Scaler,
  warmup: number,
  bound: number,
  where: string,
): OpenStage<Row, number | Float32Array> {
  let row = new Float64Array(scaler.width);
  let index = 0;
  const scaled = (i: number) => Math.min(bound, Math.max(-bound, scaler.scale(row[i] ?? 0, i)));
  return {
    step(sample, emit) {
      if (row.length === 0) row = new Float64Array(widthOf(sample) || 1);
      try {
        readRow(sample, row, where, index);
      } catch (error) {
        if (scaler.count === 0) row = new Float64Array(0);
        throw error;
      }
      const ready = scaler.count >= warmup;
      scaler.learn(row);
      index++;
      if (!ready) return;
      emit(typeof sample === 'number' ? scaled(0) : Float32Array.from(row, (_, i) => scaled(i)));
    },
    snapshot: () => ({ scaler: scaler.snapshot(), index }),
    restore({ scaler: saved, index: at }: Snapshot) {
      if (typeof at !== 'number' || !isRecord(saved)) {
        throw new EddyError(
          'invalid-state',
          `${where}: this record is no snapshot of the stage; restore what snapshot() gave`,
        );
      }
      scaler.restore(saved);
      row = new Float64Array(scaler.width);
      index = at;
    },
    ...disposing(),
  };
}

/** The stage behind `inverse`: rows in scaled units go out in their own. */
export function createUnscaling(scaler: Scaler): OpenStage<Row, number | Float32Array> {
  let row = new Float64Array(0);
  let index = 0;
  return {
    step(sample, emit) {
      if (row.length !== scaler.width) row = new Float64Array(scaler.width);
      readRow(sample, row, 'inverse', index);
      index++;
      const own = (i: number) => scaler.inverse(row[i] ?? 0, i);
      emit(typeof sample === 'number' ? own(0) : Float32Array.from(row, (_, i) => own(i)));
    },
    ...disposing(),
  };
}
