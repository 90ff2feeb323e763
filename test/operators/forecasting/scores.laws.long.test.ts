import fc from 'fast-check';
import { EMPTY } from 'rxjs';
import { baselineStage } from '../../../operators/forecasting/baseline.js';
import { classMetrics, classMetricsStage } from '../../../operators/forecasting/classMetrics.js';
import { forecast, forecastStage } from '../../../operators/forecasting/forecast.js';
import { metrics, metricsStage } from '../../../operators/forecasting/metrics.js';
import { asOperator } from '../../../operators/streams/asOperator.js';
import { withInputs } from '../../../operators/streams/withInputs.js';
import { createDrift } from '../../../src/forecast/baselines/drift.js';
import { createHoltWinters } from '../../../src/forecast/baselines/holtWinters.js';
import { createLastValue } from '../../../src/forecast/baselines/lastValue.js';
import { createRlsOnLags } from '../../../src/forecast/baselines/rlsOnLags.js';
import { createSeasonalNaive } from '../../../src/forecast/baselines/seasonalNaive.js';
import { startNetworks } from '../../../src/nn/startNetworks.js';
import { startTfjs } from '../../../src/runtime/tfjs.js';
import { describeOperator } from '../shared/laws.js';

await startNetworks();
const { heap } = await startTfjs();
const number = fc.integer({ min: -100, max: 100 }).map((n) => n / 100);
const text = JSON.parse('"text"');

describeOperator('metrics', {
  operator: () => metrics({ window: 4, season: 2 }),
  open: metricsStage({ window: 4, season: 2 }),
  sample: fc.record({ output: number, target: number }),
  bad: [
    { output: Number.NaN, target: 1 },
    { output: 1, target: Number.POSITIVE_INFINITY },
    { output: text, target: 1 },
  ],
  without: { tolerant: 'a missing target is left out of itself', failing: 'it calls nothing' },
});

describeOperator('classMetrics', {
  operator: () => classMetrics({ window: 4 }),
  open: classMetricsStage({ window: 4 }),
  sample: fc.record({ output: fc.constantFrom([0.2, 0.8], [0.5, 0.5]), target: fc.nat(1) }),
  bad: [
    { output: [0.2, Number.NaN], target: 1 },
    { output: [0.2, 1.5], target: 1 },
    { output: [0.2, 0.8], target: 2 },
    { output: [0.2, 0.8], target: 0.5 },
  ],
  without: { tolerant: 'a class came or did not', failing: 'it calls nothing' },
});

const baselines = {
  'the last value': () => baselineStage(createLastValue, { horizon: 2 }),
  'a season': () => baselineStage(createSeasonalNaive, { horizon: 2, season: 5 }),
  'a season that is found': () => baselineStage(createSeasonalNaive, { horizon: 2 }),
  'a drift': () => baselineStage(createDrift, { horizon: 2 }),
  'exponential smoothing': () => baselineStage(createHoltWinters, { horizon: 2, season: 4 }),
  'its lags': () => baselineStage(createRlsOnLags, { horizon: 2 }),
};
for (const [name, stage] of Object.entries(baselines)) {
  describeOperator(`baseline of ${name}`, {
    operator: () => asOperator(stage()),
    open: stage(),
    sample: fc.oneof({ weight: 5, arbitrary: number }, fc.constant(Number.NaN)),
    bad: [Number.POSITIVE_INFINITY, text],
    without: { tolerant: 'a missing value is taken as such', failing: 'it calls nothing' },
    runs: 10,
  });
}

for (const networks of [0, 1]) {
  describeOperator<{ x: number }, unknown>(`forecast of ${networks} networks`, {
    operator: () => forecast({ networks, features: ({ x }) => x, intervals: { alpha: 0.2 } }),
    open: forecastStage({ networks, features: ({ x }) => x, intervals: { alpha: 0.2 } }),
    sample: fc.record({ x: fc.oneof({ weight: 9, arbitrary: number }, fc.constant(Number.NaN)) }),
    bad: [{ x: Number.POSITIVE_INFINITY }, { x: text }],
    failingStage: (when, error) =>
      forecastStage({
        networks,
        features: ({ x }) => {
          if (when()) throw error;
          return x;
        },
      }),
    without: { tolerant: 'a missing value is taken as such' },
    inUse: () => heap.bytesInUse,
    runs: 5,
  });
}

describeOperator('withInputs', {
  operator: () => withInputs<number, never>([EMPTY]),
  sample: number,
  without: {
    open: 'it has no state',
    bad: 'it takes anything',
    tolerant: 'it takes anything',
    failing: 'it calls nothing',
  },
});
