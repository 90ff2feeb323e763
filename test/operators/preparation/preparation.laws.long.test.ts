import fc from 'fast-check';
import { pipe } from 'rxjs';
import { difference, differenceStage } from '../../../operators/preparation/difference.js';
import { type Imputed, impute, imputeStage } from '../../../operators/preparation/impute.js';
import { inverse } from '../../../operators/preparation/inverse.js';
import { minMax, minMaxStage } from '../../../operators/preparation/minMax.js';
import { resample, resampleStage } from '../../../operators/preparation/resample.js';
import { standardize, standardizeStage } from '../../../operators/preparation/standardize.js';
import { timeFeatures, timeFeaturesStage } from '../../../operators/preparation/timeFeatures.js';
import { createMomentScaler } from '../../../src/stats/scaler.js';
import { describeOperator } from '../shared/laws.js';
import { overGaps, toTimes } from '../shared/timed.js';

const number = fc.integer({ min: -100, max: 100 });
const row = fc.tuple(number, number);
const [text, short, gone, endless] = [JSON.parse('"text"'), [1], [1, Number.NaN], [1, Number.POSITIVE_INFINITY]];
const bad: number[][] = [[], gone, endless, text];
const without = { tolerant: 'impute is for gaps: it has no policy', failing: 'it calls nothing' };

describeOperator('standardize', {
  operator: () => standardize<number[]>({ warmup: 3 }),
  open: standardizeStage({ warmup: 3 }),
  sample: row,
  bad,
  without,
});

describeOperator('minMax', {
  operator: () => minMax<number[]>(),
  open: minMaxStage(),
  sample: row,
  bad,
  without,
});

const scaler = createMomentScaler();
for (const x of [1, 2, 4]) scaler.learn(Float64Array.of(x, -x));
describeOperator('inverse', {
  operator: () => inverse<number[]>(scaler),
  sample: row,
  bad: [short, ...bad],
  without: { ...without, open: 'its state is the scaler, which is the caller’s' },
});

describeOperator('difference', {
  operator: () => difference<number[]>({ lag: 3 }),
  open: differenceStage({ lag: 3 }),
  sample: row,
  bad,
  without,
});

type Gappy = (number | undefined)[];
describeOperator<Gappy, Imputed>('impute', {
  operator: () => impute<Gappy>({ with: 'mean' }),
  open: imputeStage({ with: 'mean' }),
  sample: fc.tuple(fc.option(number, { nil: undefined }), number),
  bad: [[], endless, text],
  without,
});

const gaps = fc.record({ gap: fc.nat(250), values: number });
describeOperator('resample', {
  operator: () => pipe(toTimes, resample({ every: 100 })),
  open: overGaps(resampleStage({ every: 100 })),
  sample: gaps,
  bad: [
    { gap: Number.NaN, values: 1 },
    { gap: 1, values: Number.NaN },
  ],
  without,
});

describeOperator('timeFeatures', {
  operator: () => pipe(toTimes, timeFeatures()),
  open: overGaps(timeFeaturesStage()),
  sample: gaps,
  bad: [
    { gap: Number.NaN, values: 1 },
    { gap: 1, values: Number.NaN },
  ],
  without,
});
