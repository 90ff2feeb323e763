import { adam, dense, lstm, type Model, type ModelSpec, mse } from 'rx-eddy/bare';
import { createMomentScaler, FORECAST_DEFAULTS, type OneStepForecaster } from 'rx-eddy/operators';
import { learnStage } from 'rx-eddy/operators/networks/learn';
import { asRecord } from './record.js';

const { units, layers, seed, k1, k2, rate, clipNorm } = FORECAST_DEFAULTS;

/** What every sensor has: a network that reads the newest value and its change, and predicts the next change. */
export const NETWORK: ModelSpec = {
  input: 2,
  layers: Array.from({ length: layers }, () => lstm(units)),
  output: dense(1),
  seed,
};

/** Scales forget over some 2,000 samples; beyond 6 deviations all is one. */
const RATE = 1 / 2000;
const BOUND = 6;
const bounded = (x: number) => Math.min(BOUND, Math.max(-BOUND, x));

const createLearning = (model: Model) =>
  learnStage<Float32Array>(model, {
    horizon: 1,
    target: ([, change]) => change,
    k1,
    k2,
    loss: mse,
    optimizer: adam(rate),
    clipNorm,
  })();

/**
 * Forecasts a series one sample ahead and learns from each: values and changes as scores, an LSTM, its output a change again. The
 * same in Node and in an object, bit for bit; `model` is the caller's, as it holds the weights.
 */
export function createNetwork(model: Model): OneStepForecaster {
  const levels = createMomentScaler({ rate: RATE });
  const changes = createMomentScaler({ rate: RATE });
  const learning = createLearning(model);
  const row = new Float64Array(1);
  const x = new Float32Array(2);
  let last: number | undefined;
  let said = 0;

  const score = (scaler: typeof levels, value: number) => {
    row[0] = value;
    scaler.learn(row);
    return bounded(scaler.scale(value, 0));
  };
  return {
    step(value) {
      x[0] = score(levels, value);
      x[1] = score(changes, value - (last ?? value));
      last = value;
      learning.step(x, ({ output }) => {
        said = output[0];
      });
      return value + changes.inverse(bounded(said), 0);
    },
    snapshot: () => ({
      levels: levels.snapshot(),
      changes: changes.snapshot(),
      learning: learning.snapshot?.() ?? null,
      last: last ?? null,
    }),
    restore(from) {
      levels.restore(asRecord(from.levels));
      changes.restore(asRecord(from.changes));
      learning.restore?.(asRecord(from.learning));
      last = typeof from.last === 'number' ? from.last : undefined;
    },
    dispose: () => learning.dispose(),
  };
}
