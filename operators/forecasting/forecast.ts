import { defer, type OperatorFunction } from 'rxjs';
import type { OptionDeclarations } from '../../src/core/options.js';
import { disposing, type OpenStage } from '../../src/core/stage.js';
import type { ForecastEngine } from '../../src/forecast/forecastEngine.js';
import type { ForecastStep } from '../../src/forecast/forecastStep.js';
import { checkForecastOptions, type ForecastEngineOptions } from '../../src/forecast/options.js';
import { createForecastEngine } from '../../src/forecast/startedForecastEngine.js';
import { networksStarted, startNetworks } from '../../src/nn/startNetworks.js';
import type { Row } from '../../src/stats/row.js';
import { type Moment, millisecondsOf } from '../../src/stats/timedRow.js';
import { bufferUntil } from '../shared/bufferUntil.js';
import { asOperator } from '../streams/asOperator.js';

export interface ForecastOptions<In> extends ForecastEngineOptions {
  /** A value's numbers. Default: the value itself. */
  features?: ((value: In) => Row) | undefined;
  /** A value's time: a Date, or milliseconds since the epoch (UTC); it gives the seasons. Default: none. */
  time?: ((value: In) => Moment) | undefined;
}

/** What one row brought, and the row. */
export interface Forecast<In = unknown> extends ForecastStep {
  readonly input: In;
}

const SELECTORS: OptionDeclarations = {
  features: { type: 'function', default: undefined, doc: 'a value’s numbers (default: the value itself)' },
  time: { type: 'function', default: undefined, doc: 'a value’s time (default: none)' },
};

/**
 * Forecasts a stream 1 … horizon rows ahead, and learns from every row: base forecasters (last value, least squares on lags and
 * seasons, seasonal naive, two LSTMs) → a stack that combines them → exponential weights by their newest past → a combiner that holds
 * the result against the best of them alone over all of it.
 *
 *     sensor$                         --a-----b-----c--|
 *     forecast({ horizon: 5 })        --(5)---(5)---(5)|     from the first row on
 *
 * A forecast is learned from only when its row has come. NaN, null and undefined are gaps: a row with one is forecast from
 * all the same, and teaches nothing there. The networks run on WASM, which starts once a process: only the very first rows
 * may wait for it, after it everything goes out in the same turn (`await startNetworks()` beforehand: no row waits).
 *
 * - Emits:  { input, index, forecast, rmse, scored, skill } for each row; with `intervals` also { low, high }.
 * - Fails:  with `invalid-sample` on a row of another width, ±Infinity or text, and with what a selector throws; with `host`
 *           where WASM cannot start.
 * - State:  everything learned, per subscription; freed at its end.
 *
 *     sensor$.pipe(forecast({ horizon: 5 })).subscribe(({ forecast }) => console.log(forecast));
 */
export function forecast<In = Row>(options: ForecastOptions<In> = {}): OperatorFunction<In, Forecast<In>> {
  const open = forecastStage(options);
  const run = asOperator(open);
  if (options.networks === 0) return run;
  return (source) => defer(() => (networksStarted() ? source : source.pipe(bufferUntil<In>(startNetworks)))).pipe(run);
}

/**
 * The stage of `forecast`. With networks `startNetworks()` must have been awaited before its first step.
 * @throws EddyError `invalid-option` at the call.
 */
export function forecastStage<In = Row>(options: ForecastOptions<In> = {}): () => OpenStage<In, Forecast<In>> {
  checkForecastOptions('forecast', options, SELECTORS);
  const { features, time, ...engineOptions } = options;
  return () => {
    let engine: ForecastEngine | undefined;
    const opened = () => {
      engine ??= createForecastEngine(engineOptions);
      return engine;
    };
    return {
      step(input, emit) {
        const row: unknown = features ? features(input) : input;
        emit({ input, ...opened().step(row, time ? millisecondsOf(time(input)) : undefined) });
      },
      snapshot: () => engine?.snapshot() ?? { channels: 0 },
      restore(from) {
        if (from.channels !== 0) opened().restore(from);
        else engine?.restore(from);
      },
      ...disposing(() => engine?.dispose()),
    };
  };
}
