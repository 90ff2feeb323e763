import type { OperatorFunction } from 'rxjs';
import { EddyError } from '../../src/core/errors.js';
import { snapshotRecord } from '../../src/core/snapshotRecord.js';
import { disposing, type OpenStage } from '../../src/core/stage.js';
import type { ForecastModel, ForecastShape } from '../../src/forecast/forecastModel.js';
import type { Seasons } from '../../src/forecast/seasonFinder.js';
import { type Row, readRow, widthOf } from '../../src/stats/row.js';
import { numberOf } from '../../src/stats/state.js';
import { asOperator } from '../streams/asOperator.js';

export interface BaselineOptions {
  /** Rows ahead. Default 1. */
  horizon?: number;
  /** Rows in a season, or in a short and a long one. Default: found by autocorrelation. */
  season?: number | Seasons;
}

/**
 * Forecasts a stream by a simple rule, to hold other forecasts against.
 *
 *     sensor$.pipe(baseline(createLastValue, { horizon: 5 }))
 *
 * `open` is one of createLastValue, createSeasonalNaive, createDrift, createHoltWinters, createRlsOnLags.
 *
 * - Emits:  a Float64Array [horizon × channels] for each row, in the same turn.
 * - Fails:  on a row of another width, ±Infinity or text; it has not been taken then. NaN is a gap.
 * - State:  the rule's, per subscription.
 */
export const baseline = (
  open: (shape: ForecastShape, seasons?: Seasons) => ForecastModel,
  options?: BaselineOptions,
): OperatorFunction<Row, Float64Array> => asOperator(baselineStage(open, options));

export function baselineStage(
  open: (shape: ForecastShape, seasons?: Seasons) => ForecastModel,
  { horizon = 1, season }: BaselineOptions = {},
): () => OpenStage<Row, Float64Array> {
  if (!Number.isSafeInteger(horizon) || horizon < 1) {
    throw new EddyError('invalid-option', `baseline: horizon must be a whole number ≥ 1, got ${horizon}`);
  }
  const seasons: Seasons | undefined = typeof season === 'number' ? [season, 0] : season;
  return () => {
    let model: ForecastModel | undefined;
    let row = new Float64Array(0);
    let index = 0;
    return {
      step(sample, emit) {
        const fresh = model ? row : new Float64Array(Math.max(1, widthOf(sample)));
        readRow(sample, fresh, 'baseline', index, true);
        row = fresh;
        model ??= open({ channels: row.length, horizon }, seasons);
        model.step(row, Number.NaN);
        index++;
        emit(model.forecast.slice());
      },
      snapshot: () => ({ index, width: row.length, ...(model?.snapshot && { model: model.snapshot() }) }),
      restore(from) {
        const channels = numberOf('baseline', from, 'width');
        const at = numberOf('baseline', from, 'index');
        const opened = channels === 0 ? undefined : open({ channels, horizon }, seasons);
        if (opened && !opened.restore) {
          throw new EddyError(
            'invalid-state',
            'baseline: the model must have restore() to go on from a snapshot, this one has none; give it snapshot() and restore()',
          );
        }
        opened?.restore?.(snapshotRecord('baseline', 'model', from.model));
        model?.dispose?.();
        model = opened;
        row = new Float64Array(channels);
        index = at;
      },
      ...disposing(() => model?.dispose?.()),
    };
  };
}
