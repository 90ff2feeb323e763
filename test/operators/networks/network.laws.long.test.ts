import fc from 'fast-check';
import { afterAll } from 'vitest';
import { learn, learnStage } from '../../../operators/networks/learn.js';
import { learnInWorker, learnInWorkerStage } from '../../../operators/networks/learnInWorker.js';
import { predict, predictStage } from '../../../operators/networks/predict.js';
import type { OnInvalid } from '../../../src/core/onInvalid.js';
import { createModel, dense, lstm, mse, sgd } from '../../../src/index.js';
import { Model } from '../../../src/nn/model/model.js';
import { startTfjs } from '../../../src/runtime/tfjs.js';
import { runLearnerWorker } from '../../../src/worker/runLearnerWorker.js';
import { describeOperator } from '../shared/laws.js';
import { withOwnModel } from '../shared/withOwnModel.js';

const runtime = await startTfjs();
const model = await createModel({ input: 2, layers: [lstm(5)], output: dense(1), seed: 7 });
afterAll(() => model.dispose());
const inUse = () => runtime.heap.bytesInUse;

const number = fc.integer({ min: -100, max: 100 }).map((n) => n / 100);
const sample = fc.tuple(number, number);
const bad = [[1], [1, Number.NaN], [1, 1e39], JSON.parse('"text"')];

describeOperator('predict', {
  operator: () => predict<number[]>(model),
  open: predictStage<number[]>(model),
  sample,
  bad,
  tolerant: (onInvalid) => predict<number[]>(model, { onInvalid }),
  failingStage: (when, error) =>
    predictStage<number[]>(model, {
      features: (value) => {
        if (when()) throw error;
        return value;
      },
    }),
  inUse,
});

describeOperator("predict's last output", {
  operator: () => predict<number[]>(model, { emit: 'last' }),
  open: predictStage<number[]>(model, { emit: 'last' }),
  sample,
  bad,
  tolerant: (onInvalid) => predict<number[]>(model, { emit: 'last', onInvalid }),
  without: { failing: 'as predict' },
  inUse,
});

interface Labelled {
  x: number[];
  y: number;
}

const HELD = 'hold: a held sample’s target is missing, which no source of good samples can say';
for (const horizon of [0, 2]) {
  // At a rate that is 0 as float32 the whole of learning runs, and the weights, which all subscriptions share, stay as they are.
  const options = (onInvalid: OnInvalid = 'error', target = (value: Labelled) => value.y) => ({
    horizon,
    features: (value: Labelled) => value.x,
    target,
    onInvalid,
    k1: 2,
    k2: 4,
    loss: mse,
    optimizer: sgd(1e-300),
  });
  describeOperator(`learn, ${horizon} ahead,`, {
    operator: () => learn<Labelled>(model, options()),
    open: () => withOwnModel(new Model(runtime, model.spec), (own) => learnStage<Labelled>(own, options())),
    sample: fc.record({ x: sample, y: number }),
    bad: bad.map((x) => ({ x, y: 1 })),
    without: { tolerant: HELD },
    failingStage: (when, error) =>
      learnStage<Labelled>(
        model,
        options('error', ({ y }) => {
          if (when()) throw error;
          return y;
        }),
      ),
    inUse,
  });
}

// Over a real port to a real learner, which has no thread of its own here; it hands over nothing in so few samples, and outputs are the same.
const worker = () => {
  const { port1, port2 } = new MessageChannel();
  runLearnerWorker(port2);
  return port1;
};
const inWorker = (onInvalid: OnInvalid = 'error', target = (value: Labelled) => value.y) => ({
  worker,
  features: (value: Labelled) => value.x,
  target,
  onInvalid,
  k1: 2,
  k2: 4,
  loss: mse,
  optimizer: sgd(0.01),
  handOver: { updates: 1000 },
});
describeOperator('learnInWorker', {
  operator: () => learnInWorker<Labelled>(model, inWorker()),
  open: learnInWorkerStage<Labelled>(model, inWorker()),
  sample: fc.record({ x: sample, y: number }),
  bad: [...bad.map((x) => ({ x, y: 1 })), { x: [0, 0], y: Number.POSITIVE_INFINITY }],
  without: { tolerant: HELD },
  failingStage: (when, error) =>
    learnInWorkerStage<Labelled>(
      model,
      inWorker('error', ({ y }) => {
        if (when()) throw error;
        return y;
      }),
    ),
  inUse,
});
