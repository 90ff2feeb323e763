import type { Stage } from 'rx-eddy/bare';
import type { Anomaly, ForecastEngine } from 'rx-eddy/operators';
import { detectAnomaliesStage } from 'rx-eddy/operators/forecasting/detectAnomalies';

/** The share of values that an interval may miss. */
const ALPHA = 0.1;

/**
 * All that a sensor does with a sample: it is scored by the forecast made for it, learned from, and the next one is forecast, with an
 * interval. Runs wherever eddy does; the engine is disposed with the stage.
 */
export const createSensorStage = (engine: ForecastEngine): Stage<number, Anomaly> =>
  detectAnomaliesStage<number>({
    forecaster: () => ({
      step: (value, time) => engine.step(value, time).forecast[0],
      snapshot: () => engine.snapshot(),
      restore: (from) => engine.restore(from),
      dispose: () => engine.dispose(),
    }),
    alpha: ALPHA,
  })();
