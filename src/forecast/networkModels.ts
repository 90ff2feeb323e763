import { lstm } from '../nn/cells/lstm/index.js';
import { Model } from '../nn/model/model.js';
import { dense } from '../nn/readouts/dense/index.js';
import { zeroReadout } from '../nn/zeroReadout.js';
import type { Runtime } from '../runtime/runtime.js';
import { FORECAST_DEFAULTS } from './defaults.js';
import type { ForecastShape } from './forecastModel.js';
import { networkInputs } from './networkInput.js';
import type { ForecastEngineOptions } from './options.js';

/**
 * Opens the networks of a forecaster, which differ in their seed alone. They predict "no change" until they have learned better.
 * @throws EddyError `invalid-option`, `out-of-memory`
 */
export function createNetworkModels(
  runtime: Runtime,
  { channels, horizon }: ForecastShape,
  options: ForecastEngineOptions,
): readonly Model[] {
  const {
    networks = FORECAST_DEFAULTS.networks,
    cell = lstm,
    units = FORECAST_DEFAULTS.units,
    layers = FORECAST_DEFAULTS.layers,
    seed = FORECAST_DEFAULTS.seed,
  } = options;
  return Array.from({ length: networks }, (_, n) => {
    const model = new Model(runtime, {
      input: networkInputs(channels),
      layers: Array.from({ length: layers }, () => cell(units)),
      output: dense(channels * horizon),
      seed: seed + n,
    });
    zeroReadout(model);
    return model;
  });
}
