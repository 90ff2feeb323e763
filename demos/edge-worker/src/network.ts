import { adam, dense, gru, huber, type Model, type ModelSpec } from 'rx-eddy/bare';
import { createMomentScaler, type OneStepForecaster } from 'rx-eddy/operators';
import { learnStage } from 'rx-eddy/operators/networks/learn';
import { asRecord } from './record.js';

/** What every sensor has: 32 units that read the newest value and its change, and say the next change. */
export const NETWORK: ModelSpec = { input: 2, layers: [gru(32)], output: dense(1), seed: 12 };

/** Scales forget over some 2,000 samples; beyond 6 deviations all is one. */
const RATE = 1 / 2000;
const BOUND = 6;
const bounded = (x: number) => Math.min(BOUND, Math.max(-BOUND, x));

const createLearning = (model: Model) =>
  learnStage<Float32Array>(model, {
    horizon: 1,
    target: ([, change]) => change,
    k1: 1,
    k2: 16,
    loss: huber(0.5),
    optimizer: adam(5e-4),
    clipNorm: 1,
  })();

/**
 * Forecasts a series one sample ahead and learns from each: values and changes as scores, a GRU, its output a change again. The
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
