import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type OperatorFunction, pipe, Subject } from 'rxjs';
import { afterAll, describe, expect, it } from 'vitest';
import { asOperator } from '../../operators/asOperator.js';
import { frame } from '../../operators/frame.js';
import { keyed } from '../../operators/keyed.js';
import { learn } from '../../operators/learn.js';
import { predict } from '../../operators/predict.js';
import { spectrum } from '../../operators/spectrum.js';
import { createModel, dense, lstm, mse, sgd } from '../../src/index.js';
import { startTfjs } from '../../src/runtime/tfjs.js';
import { openSum } from './sum.js';
import { Source, worlds } from './worlds.js';

const full = process.env.SOAK === 'full';
const ROUNDS = full ? 100_000 : 1000;
const SAMPLES = full ? 10_000_000 : 50_000;
/** JavaScript objects that may be left: compiled code and feedback, not streams. A leak of 100 bytes a round is 10 MB. */
const SLACK = full ? 4e6 : 2e6;

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

const { heap } = await startTfjs();
const model = await createModel({ input: 1, layers: [lstm(4)], output: dense(1), seed: 7 });
afterAll(() => model.dispose());
const log = { live: 0 };
const inUse = () => heap.bytesInUse + log.live;

async function memory(): Promise<number> {
  for (let i = 0; i < 3; i++) await turn();
  collect();
  return process.memoryUsage().heapUsed;
}

async function endsAtItsBaseline(act: () => void | Promise<void>): Promise<void> {
  const before = { objects: await memory(), used: inUse() };
  await act();
  const growth = (await memory()) - before.objects;
  expect(inUse()).toBe(before.used);
  expect(growth).toBeLessThan(SLACK);
}

const operators: Record<string, () => OperatorFunction<number, unknown>> = {
  asOperator: () => asOperator(() => openSum({ log })),
  keyed: () =>
    keyed(
      (x) => x % 50,
      () => openSum({ log }),
      { maxKeys: 20, store: new Map() },
    ),
  'keyed with a clock': () =>
    keyed(
      (x) => x % 50,
      () => openSum({ log }),
      { idleMs: 60_000 },
    ),
  'frame and spectrum': () => pipe(frame(8, 4), spectrum(8)),
  predict: () => predict<number>(model),
  learn: () => learn<number>(model, { horizon: 1, target: (x) => x, k1: 4, k2: 8, loss: mse, optimizer: sgd(1e-6) }),
};

describe.each(Object.entries(operators))('%s ends at its memory baseline', (_, operator) => {
  const round = () => {
    const input = new Subject<number>();
    const run = input.pipe(operator()).subscribe();
    for (let i = 0; i < 5; i++) input.next(i);
    run.unsubscribe();
  };

  it(`after ${ROUNDS} rounds of subscribing and leaving`, { timeout: 600_000 }, async () => {
    for (let i = 0; i < ROUNDS / 10; i++) round();
    await endsAtItsBaseline(() => {
      for (let i = 0; i < ROUNDS; i++) round();
    });
  });

  it(`after ${SAMPLES} samples`, { timeout: 600_000 }, async () => {
    const feed = (samples: number) => {
      const input = new Subject<number>();
      input.pipe(operator()).subscribe();
      for (let i = 0; i < samples; i++) input.next(i % 1000);
      input.complete();
    };
    feed(SAMPLES / 10);
    await endsAtItsBaseline(() => feed(SAMPLES));
  });
});

describe.each(Object.entries(worlds))('a %s stream ends at its memory baseline', (_, through) => {
  const open = () => asOperator(() => openSum({ log }));

  it(`after ${ROUNDS / 10} streams that a reader left`, { timeout: 600_000 }, async () => {
    const rounds = async (n: number) => {
      for (let i = 0; i < n; i++) {
        for await (const _ of through(open(), new Source([1, 2, 3, 4]))) break;
      }
    };
    await rounds(ROUNDS / 100);
    await endsAtItsBaseline(() => rounds(ROUNDS / 10));
  });
});
