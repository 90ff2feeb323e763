import { appendFileSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { concatMap, lastValueFrom, map, NEVER, type OperatorFunction, of, pipe, range, Subject } from 'rxjs';
import { afterAll, describe, expect, it } from 'vitest';
import { baseline } from '../../operators/forecasting/baseline.js';
import { classMetrics } from '../../operators/forecasting/classMetrics.js';
import { detectAnomalies } from '../../operators/forecasting/detectAnomalies.js';
import { detectDrift } from '../../operators/forecasting/detectDrift.js';
import { forecast } from '../../operators/forecasting/forecast.js';
import { metrics } from '../../operators/forecasting/metrics.js';
import { keyed } from '../../operators/keyed/keyed.js';
import { keyedPredict } from '../../operators/keyed/keyedPredict.js';
import { generate } from '../../operators/networks/generate.js';
import { learn } from '../../operators/networks/learn.js';
import { learnDelayed } from '../../operators/networks/learnDelayed.js';
import { learnInWorker } from '../../operators/networks/learnInWorker.js';
import { outputIntervals } from '../../operators/networks/outputIntervals.js';
import { predict } from '../../operators/networks/predict.js';
import { difference } from '../../operators/preparation/difference.js';
import { impute } from '../../operators/preparation/impute.js';
import { inverse } from '../../operators/preparation/inverse.js';
import { minMax } from '../../operators/preparation/minMax.js';
import { resample } from '../../operators/preparation/resample.js';
import { standardize } from '../../operators/preparation/standardize.js';
import { timeFeatures } from '../../operators/preparation/timeFeatures.js';
import { frame } from '../../operators/sound/frame.js';
import { mel } from '../../operators/sound/mel.js';
import { pcm } from '../../operators/sound/pcm.js';
import { spectrum } from '../../operators/sound/spectrum.js';
import { asOperator } from '../../operators/streams/asOperator.js';
import { instrument } from '../../operators/streams/instrument.js';
import { withInputs } from '../../operators/streams/withInputs.js';
import { createSeasonalNaive } from '../../src/forecast/baselines/seasonalNaive.js';
import { createModel, dense, gaussianNll, lstm, mse, sgd } from '../../src/index.js';
import { startNetworks } from '../../src/nn/startNetworks.js';
import { startTfjs } from '../../src/runtime/tfjs.js';
import { createMomentScaler } from '../../src/stats/scaler.js';
import { runLearnerWorker } from '../../src/worker/runLearnerWorker.js';
import { openSum } from './shared/sum.js';
import { Source, worlds } from './shared/worlds.js';

/** In full: where each growth is written down. */
const report = process.env.SOAK_REPORT;
const full = report !== undefined;
const ROUNDS = full ? 100_000 : 1000;
const SAMPLES = full ? 10_000_000 : 50_000;
/** JavaScript objects that may be left: compiled code and feedback, not streams. A leak of 100 bytes a round is 10 MB. */
const SLACK = full ? 4e6 : 2e6;

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

const { heap } = await startTfjs();
const model = await createModel({ input: 1, layers: [lstm(4)], output: dense(1), seed: 7 });
const wide = await createModel({ input: 1, layers: [lstm(4)], output: dense(2), seed: 7 });
afterAll(() => {
  model.dispose();
  wide.dispose();
});
await startNetworks();
const log = { live: 0 };
const inUse = () => heap.bytesInUse + log.live;

async function memory(): Promise<number> {
  for (let i = 0; i < 3; i++) await turn();
  collect();
  return process.memoryUsage().heapUsed;
}

async function endsAtItsBaseline(name: string, what: string, act: () => void | Promise<void>): Promise<void> {
  const before = { objects: await memory(), used: inUse() };
  await act();
  const growth = (await memory()) - before.objects;
  expect(inUse()).toBe(before.used);
  if (report) appendFileSync(report, `${JSON.stringify({ name, what, growth })}\n`);
  expect(growth).toBeLessThan(SLACK);
}

const learning = { k1: 4, k2: 8, loss: mse, optimizer: sgd(1e-6) };
const sum = () => openSum({ log });
const pairs = map((x: number) => ({ output: x, target: (x * 7) % 5 }));
const timed = map((x: number, i: number) => ({ time: i * 1000, values: x }));
const scaler = createMomentScaler();
scaler.learn(Float64Array.of(1));

interface Soaked {
  operator: () => OperatorFunction<number, unknown>;
  /** What a sample costs, about, as a multiple of the others': so many fewer are fed, and rounds made. */
  cost?: number;
}
const operators: Record<string, Soaked> = {
  asOperator: { operator: () => asOperator(sum) },
  instrument: { operator: () => asOperator(instrument(sum, { add() {}, set() {}, record() {} })) },
  withInputs: { operator: () => withInputs<number, never>([NEVER]) },
  keyed: { operator: () => keyed((x) => x % 50, sum, { maxKeys: 20, store: new Map() }), cost: 4 },
  'keyed with a clock': { operator: () => keyed((x) => x % 50, sum, { idleMs: 60_000 }) },
  keyedPredict: { operator: () => keyedPredict<number, number>(model, (x) => x % 5, { maxKeys: 8 }) },
  predict: { operator: () => predict<number>(model) },
  generate: { operator: () => generate<number>(model, { steps: 2 }) },
  learn: { operator: () => learn<number>(model, { ...learning, horizon: 1, target: (x) => x }) },
  learnDelayed: {
    operator: () => {
      const labels = NEVER;
      const id = (x: number) => x;
      return learnDelayed<number, number>(model, { ...learning, labels, sampleId: id, labelId: id, target: id });
    },
  },
  'frame, spectrum': { operator: () => pipe(frame(8, 4), spectrum(8)) },
  'frame, mel': { operator: () => pipe(frame(8, 4), mel(8, { sampleRate: 8000, bands: 2 })) },
  pcm: {
    operator: () =>
      pipe(
        map((x: number) => Uint8Array.of(x, x, x)),
        pcm(),
      ),
  },
  standardize: { operator: () => standardize<number>() },
  minMax: { operator: () => minMax<number>() },
  inverse: { operator: () => inverse<number>(scaler) },
  difference: { operator: () => difference<number>({ lag: 7 }) },
  impute: { operator: () => impute<number>() },
  resample: { operator: () => pipe(timed, resample({ every: 2000 })) },
  timeFeatures: { operator: () => pipe(timed, timeFeatures()) },
  metrics: { operator: () => pipe(pairs, metrics({ window: 100 })) },
  classMetrics: {
    operator: () =>
      pipe(
        map(() => ({ output: [0.5, 0.5], target: 1 })),
        classMetrics(),
      ),
  },
  outputIntervals: {
    operator: () =>
      pipe(
        learn<number>(wide, { ...learning, loss: gaussianNll, target: (x) => x }),
        outputIntervals({ loss: gaussianNll }),
      ),
  },
  detectDrift: { operator: () => detectDrift({ value: (x: number) => x / 1000 }), cost: 20 },
  detectAnomalies: { operator: () => detectAnomalies<number>(), cost: 500 },
  baseline: { operator: () => baseline(createSeasonalNaive), cost: 4 },
  forecast: { operator: () => forecast<number>({ networks: 1 }), cost: 1000 },
};

describe.each(Object.entries(operators))('%s ends at its memory baseline', (name, { operator, cost = 1 }) => {
  const samples = Math.ceil(SAMPLES / cost);
  const rounds = Math.ceil(ROUNDS / Math.ceil(cost / 10));
  const round = () => {
    const input = new Subject<number>();
    const run = input.pipe(operator()).subscribe();
    for (let i = 0; i < 5; i++) input.next(i);
    run.unsubscribe();
  };

  it(`after ${rounds} rounds of subscribing and leaving`, { timeout: 600_000 }, async () => {
    for (let i = 0; i < rounds / 10; i++) round();
    await endsAtItsBaseline(name, `${rounds} rounds`, () => {
      for (let i = 0; i < rounds; i++) round();
    });
  });

  it(`after ${samples} samples`, { timeout: 600_000 }, async () => {
    const feed = (count: number) => {
      const input = new Subject<number>();
      input.pipe(operator()).subscribe();
      for (let i = 0; i < count; i++) input.next(i % 1000);
      input.complete();
    };
    feed(samples / 10);
    await endsAtItsBaseline(name, `${samples} samples`, () => feed(samples));
  });
});

describe('learnInWorker ends at its memory baseline', () => {
  const workers = () => {
    const { port1, port2 } = new MessageChannel();
    runLearnerWorker(port2);
    return port1;
  };
  const taught = { ...learning, worker: workers, target: (x: number) => x, until: 'all' as const };

  it(`after ${ROUNDS / 100} rounds of subscribing and leaving`, { timeout: 600_000 }, async () => {
    const rounds = async (count: number) => {
      for (let i = 0; i < count; i++) await lastValueFrom(of(1, 2, 3).pipe(learnInWorker<number>(model, taught)));
    };
    await rounds(ROUNDS / 100);
    await endsAtItsBaseline('learnInWorker', `${ROUNDS / 100} rounds`, () => rounds(ROUNDS / 100));
  });

  it(`after ${SAMPLES} samples`, { timeout: 600_000 }, async () => {
    // A turn now and then lets the learner in, which has no thread of its own here.
    const feed = (count: number) =>
      lastValueFrom(
        range(0, Math.ceil(count / 500)).pipe(
          concatMap(async (block) => {
            await turn();
            return block;
          }),
          concatMap((block) => range(block * 500, 500)),
          map((i) => i % 1000),
          learnInWorker<number>(model, taught),
        ),
      );
    await feed(SAMPLES / 10);
    await endsAtItsBaseline('learnInWorker', `${SAMPLES} samples`, async () => void (await feed(SAMPLES)));
  });
});

describe.each(Object.entries(worlds))('a %s stream ends at its memory baseline', (name, through) => {
  const open = () => asOperator(() => openSum({ log }));

  it(`after ${ROUNDS / 10} streams that a reader left`, { timeout: 600_000 }, async () => {
    const rounds = async (n: number) => {
      for (let i = 0; i < n; i++) {
        for await (const _ of through(open(), new Source([1, 2, 3, 4]))) break;
      }
    };
    await rounds(ROUNDS / 100);
    await endsAtItsBaseline(`a ${name} stream`, `${ROUNDS / 10} streams`, () => rounds(ROUNDS / 10));
  });
});
