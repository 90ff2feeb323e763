import type { Model, Stage } from 'rx-eddy/bare';
import type { Anomaly } from 'rx-eddy/operators';
import { detectAnomaliesStage } from 'rx-eddy/operators/forecasting/detectAnomalies';
import { createNetwork } from './network.js';

/** The share of values that an interval may miss. */
const ALPHA = 0.1;

/**
 * All that a sensor does with a sample: it is scored by what had been expected of it, learned from, and the next one is forecast, with an
 * interval. Runs wherever eddy does.
 */
export const createSensorStage = (model: Model): Stage<number, Anomaly> =>
  detectAnomaliesStage<number>({ forecaster: () => createNetwork(model), alpha: ALPHA })();
