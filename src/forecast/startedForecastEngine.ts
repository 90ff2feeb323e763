import { startedRuntime } from '../nn/startNetworks.js';
import { createForecastEngineOn, type ForecastEngine } from './forecastEngine.js';
import type { ForecastEngineOptions } from './options.js';

/**
 * `createForecastEngineOn` on the backend that `startNetworks()` has started; without networks it needs none.
 *
 *     await startNetworks();
 *     using engine = createForecastEngine({ horizon: 5, intervals: { alpha: 0.1 } });
 *
 * @throws EddyError `host` before `startNetworks`; `invalid-option`, `out-of-memory`
 */
export function createForecastEngine(options: ForecastEngineOptions = {}, channels?: number): ForecastEngine {
  return createForecastEngineOn(options.networks === 0 ? undefined : startedRuntime(), options, channels);
}
