import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/random.js';
import {
  adam,
  createLearner,
  createModel,
  crossEntropy,
  dense,
  embedding,
  gru,
  lstm,
  mse,
  sgd,
  type Weights,
} from '../../src/index.js';
import { Sequence } from '../../src/learner/sequence.js';

const refused = (code: string, message = /./) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

/** The same network without an embedding: it reads the table's row itself. */
const without = (weights: Weights): Weights =>
  Object.fromEntries(
    Object.entries(weights)
      .filter(([name]) => name !== 'layers.0.weight')
      .map(([name, tensor]) => [name.replace(/^layers\.(\d+)/, (_, l) => `layers.${Number(l) - 1}`), tensor]),
  );

describe.each([1, 3, 4, 10])('an embedding of width %i', (width) => {
  const symbols = 7;
  const spec = { input: 1, layers: [embedding(symbols, width), lstm(5), gru(3)], output: dense(2), seed: 4 };
  const open = async () => {
    const model = await createModel(spec);
    const plain = await createModel({ input: width, layers: [lstm(5), gru(3)], output: dense(2) });
    plain.setWeights(without(model.weights()));
    const table = model.weights()['layers.0.weight'];
    expect(table.shape).toEqual([symbols, width]);
    return { model, plain, row: (s: number) => table.data.slice(s * width, (s + 1) * width) };
  };

  it('predicts as the network above it does on the rows of its table, bit for bit, alone and in a batch', async () => {
    const { model, plain, row } = await open();
    using state = model.openState(3);
    using alone = model.openState();
    using other = plain.openState(3);
    for (let t = 0; t < 20; t++) {
      const s = [t % symbols, (t * 3) % symbols, (t * t) % symbols];
      const y = model.step(s, state);
      expect(y).toEqual(plain.step(Float32Array.from(s.flatMap((symbol) => [...row(symbol)])), other));
      expect(model.step(s[0], alone)).toEqual(y.slice(0, 2));
    }
    expect(Object.keys(state.snapshot())).toEqual(['layers.1.h', 'layers.1.c', 'layers.2.h']);
    model.dispose();
    plain.dispose();
  });

  it('its gradient is that of the rows, summed for each symbol', async () => {
    const { model, plain, row } = await open();
    const steps = 12;
    const random = createRandom(9);
    const s = Float32Array.from({ length: steps }, () => random.integer(symbols - 1));
    const dy = Float32Array.from({ length: steps * 2 }, random.normal);
    using sequence = new Sequence(model, 1, steps);
    using expected = new Sequence(plain, 1, steps);
    using state = model.openState();
    using other = plain.openState();
    const { y } = sequence.forward(s, state.snapshot());
    expect(y).toEqual(expected.forward(Float32Array.from([...s].flatMap((k) => [...row(k)])), other.snapshot()).y);
    const got = sequence.backward(dy);
    const want = expected.backward(dy);
    expect(without(got.weights)).toEqual(want.weights);
    expect(got.x).toEqual(new Float32Array(steps));
    const table = new Float32Array(symbols * width);
    s.forEach((symbol, t) => {
      for (let j = 0; j < width; j++) table[symbol * width + j] += want.x[t * width + j];
    });
    expect(got.weights['layers.0.weight'].data).toEqual(table);
    expect(() =>
      sequence.forward(
        Float32Array.from({ length: steps }, () => symbols),
        state.snapshot(),
      ),
    ).toThrowError(refused('invalid-sample'));
    model.dispose();
    plain.dispose();
  });

  it('a learner goes on bit for bit from a snapshot', async () => {
    const { model, plain } = await open();
    using learner = createLearner(model, { k1: 2, k2: 5, loss: mse, optimizer: adam(0.01), clipNorm: 1 });
    const run = (n: number) =>
      Array.from({ length: n }, (_, t) => learner.step((t * 5) % symbols, [Math.sign(t % 3), 0.5]).scored?.loss);
    run(17);
    const kept = learner.snapshot();
    const after = run(40);
    const table = model.weights()['layers.0.weight'];
    learner.restore(kept);
    expect(run(40)).toEqual(after);
    expect(model.weights()['layers.0.weight']).toEqual(table);
    model.dispose();
    plain.dispose();
  });
});

it('only the rows of the symbols that came are learned, with an optimizer without momentum', async () => {
  using model = await createModel({ input: 1, layers: [embedding(5, 3), gru(4)], output: dense(1) });
  const table = () => model.weights()['layers.0.weight'].data;
  const before = table();
  using learner = createLearner(model, { k1: 1, k2: 4, loss: mse, optimizer: sgd(0.5) });
  for (let t = 0; t < 10; t++) learner.step(t % 2 === 0 ? 1 : 3, 1);
  const changed = [0, 1, 2, 3, 4].filter((s) => [0, 1, 2].some((j) => table()[s * 3 + j] !== before[s * 3 + j]));
  expect(changed).toEqual([1, 3]);
});

it('a language of repeated words is learned', async () => {
  const text = 'the cat sat on the mat. ';
  const alphabet = [...new Set(text)];
  const output = dense(alphabet.length, { activation: 'softmax' });
  using model = await createModel({ input: 1, layers: [embedding(alphabet.length, 8), lstm(24)], output, seed: 1 });
  using learner = createLearner(model, { k1: 4, k2: 16, loss: crossEntropy, optimizer: adam(0.02), clipNorm: 1 });
  let right = 0;
  for (let t = 0; t < 1200; t++) {
    const next = alphabet.indexOf(text[(t + 1) % text.length]);
    const { output: p } = learner.step(alphabet.indexOf(text[t % text.length]), next);
    if (t >= 1000 && p.indexOf(Math.max(...p)) === next) right++;
  }
  expect(right / 200).toBeGreaterThan(0.98);
});

it('a symbol out of range or not whole is refused, and nothing has moved', async () => {
  using model = await createModel({ input: 1, layers: [embedding(5, 3), gru(4)] });
  using state = model.openState(2);
  using learner = createLearner(model, { k1: 1, k2: 1, loss: mse, optimizer: sgd(1) });
  model.step([1, 2], state);
  learner.step(1);
  const [before, kept] = [state.snapshot(), learner.snapshot()];
  const wrong = fc.oneof(
    fc.integer().filter((n) => n < 0 || n > 4),
    fc.double().filter((n) => !Number.isInteger(Math.fround(n))),
  );
  fc.assert(
    fc.property(wrong, (symbol) => {
      expect(() => model.step([1, symbol], state)).toThrowError(refused('invalid-sample'));
      expect(() => learner.step(symbol)).toThrowError(refused('invalid-sample'));
    }),
  );
  expect(() => learner.step(5)).toThrowError(
    refused('invalid-sample', /sample 2 must be a symbol.*from 0 to 4, got 5;/),
  );
  expect(state.snapshot()).toEqual(before);
  expect(learner.snapshot()).toEqual(kept);
});

it.each([
  ['no symbols', () => createModel({ input: 1, layers: [embedding(0, 3), gru(4)] })],
  ['half a width', () => createModel({ input: 1, layers: [embedding(4, 1.5), gru(4)] })],
  [
    'more symbols than float32 tells apart',
    () => createModel({ input: 1, layers: [embedding(2 ** 24 + 1, 1), gru(4)] }),
  ],
  ['two inputs', () => createModel({ input: 2, layers: [embedding(4, 2), gru(4)] })],
  ['no layer above', () => createModel({ input: 1, layers: [embedding(4, 2)] })],
  ['not the first', () => createModel({ input: 1, layers: [gru(4), embedding(4, 2)] })],
])('%s: refused', async (_, make) => {
  await expect((async () => make())()).rejects.toThrowError(refused('invalid-option'));
});
