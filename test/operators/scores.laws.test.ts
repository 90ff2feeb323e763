import fc from 'fast-check';
import { EMPTY } from 'rxjs';
import { asOperator } from '../../operators/asOperator.js';
import { baselineStage } from '../../operators/baseline.js';
import { classMetrics, classMetricsStage } from '../../operators/classMetrics.js';
import { forecast, forecastStage } from '../../operators/forecast.js';
import { metrics, metricsStage } from '../../operators/metrics.js';
import { withInputs } from '../../operators/withInputs.js';
import { openDrift } from '../../src/online/baselines/drift.js';
import { openHoltWinters } from '../../src/online/baselines/holtWinters.js';
import { openLastValue } from '../../src/online/baselines/lastValue.js';
import { openRlsOnLags } from '../../src/online/baselines/rlsOnLags.js';
import { openSeasonalNaive } from '../../src/online/baselines/seasonalNaive.js';
import { startNetworks } from '../../src/online/networkExpert.js';
import { startTfjs } from '../../src/runtime/tfjs.js';
import { describeOperator } from './laws.js';

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
  'the last value': () => baselineStage(openLastValue, { horizon: 2 }),
  'a season': () => baselineStage(openSeasonalNaive, { horizon: 2, season: 5 }),
  'a season that is found': () => baselineStage(openSeasonalNaive, { horizon: 2 }),
  'a drift': () => baselineStage(openDrift, { horizon: 2 }),
  'exponential smoothing': () => baselineStage(openHoltWinters, { horizon: 2, season: 4 }),
  'its lags': () => baselineStage(openRlsOnLags, { horizon: 2 }),
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
