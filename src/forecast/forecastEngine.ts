import { EddyError } from '../core/errors.js';
import { disposing, type Snapshot } from '../core/stage.js';
import type { HorizonIntervals } from '../intervals/horizonIntervals.js';
import type { Model } from '../nn/model/model.js';
import type { Runtime } from '../runtime/runtime.js';
import { readRow, widthOf } from '../stats/row.js';
import { numberOf } from '../stats/state.js';
import { ChannelEngine } from './channelEngine.js';
import type { ForecastStep } from './forecastStep.js';
import { checkForecastOptions, type ForecastEngineOptions } from './options.js';

/** One stream's forecasts: everything that they need, and everything that was learned for them. */
export interface ForecastEngine extends Disposable {
  /**
   * Takes the next row, NaN, null or undefined where a value is missing, and its time in milliseconds since 1970, if it is known.
   * @throws EddyError `invalid-sample` on a row of another width, ±Infinity or text; nothing has changed then.
   */
  step(row: unknown, time?: number): ForecastStep;
  /** Its networks; none before it knows how many numbers a row has. */
  readonly models: readonly Model[];
  /** While true no weight of a network changes; all that is stacked on them goes on learning. */
  frozen: boolean;
  /** How the intervals have done so far, `ahead` rows ahead; undefined without `intervals`. */
  intervalsOf(ahead: number, channel?: number): ReturnType<HorizonIntervals['of']> | undefined;
  /** A copy of its whole state; an engine with the same options goes on from it bit for bit. */
  snapshot(): Snapshot;
  /** @throws EddyError `invalid-state` on a record that other options made. */
  restore(from: Snapshot): void;
  dispose(): void;
}

/**
 * Opens the engine that all forecasts of eddy come from, on a runtime that has been opened: `createForecastEngine` does the same on
 * tfjs's. Without networks it needs none.
 *
 *     const engine = createForecastEngineOn(createBareRuntime(kernels), { horizon: 5 });
 *     const { forecast, rmse, scored } = engine.step([20.5]);
 *
 * `channels`: the numbers of a row. Default: as many as the first has.
 *
 * @throws EddyError `invalid-option`, `out-of-memory`
 */
export function createForecastEngineOn(
  runtime: Runtime | undefined,
  options: ForecastEngineOptions = {},
  channels?: number,
): ForecastEngine {
  checkForecastOptions('forecast', options);
  const needsRuntime = options.networks !== 0;
  if (needsRuntime && !runtime) {
    throw new EddyError('invalid-option', 'forecast: networks must have a runtime, got none; give one, or networks: 0');
  }
  let isFrozen = false;
  let isDisposed = false;
  const open = (width: number) => {
    if (isDisposed) throw new EddyError('disposed', 'forecast: the engine must be open, it was disposed; open another');
    const opened = new ChannelEngine(needsRuntime ? runtime : undefined, options, width);
    if (opened.network) opened.network.frozen = isFrozen;
    return opened;
  };
  let engine = channels === undefined ? undefined : open(channels);
  const close = () => {
    engine?.dispose();
    engine = undefined;
  };
  return {
    step(row, time = Number.NaN) {
      engine ??= open(firstWidth(row));
      return engine.step(row, time);
    },
    get models() {
      return engine?.network?.models ?? [];
    },
    get frozen() {
      return isFrozen;
    },
    set frozen(frozen) {
      isFrozen = frozen;
      if (engine?.network) engine.network.frozen = frozen;
    },
    intervalsOf: (ahead, channel) => engine?.intervals?.of(ahead, channel),
    snapshot: () => engine?.snapshot() ?? { channels: 0 },
    restore(from) {
      const width = numberOf('forecast', from, 'channels');
      if (engine?.channels !== width) close();
      if (width === 0) return;
      engine ??= open(width);
      engine.restore(from);
    },
    ...disposing(() => {
      isDisposed = true;
      close();
    }),
  };
}

/** @throws EddyError `invalid-sample` where the first row is none. */
function firstWidth(row: unknown): number {
  const width = Math.max(1, widthOf(row));
  readRow(row, new Float64Array(width), 'forecast', 1, true);
  return width;
}
