import { describe, expect, it } from 'vitest';
import type { Snapshot, SnapshotValue } from '../../src/core/stage.js';
import { adam, createLearner, createModel, dense, gru, lstm, mse, rmsprop, rnn, sgd } from '../../src/index.js';

const SMALLEST_NORMAL = 2 ** -126;
const subnormal = (x: number) => x !== 0 && Math.abs(x) < SMALLEST_NORMAL;

function floats(value: SnapshotValue | undefined): number[] {
  if (value instanceof Float32Array) return [...value];
  return value instanceof Object && !Array.isArray(value) ? Object.values(value as Snapshot).flatMap(floats) : [];
}

describe('a stream that falls silent', () => {
  it.each([
    ['lstm', lstm(8)],
    ['gru', gru(8)],
    ['gru, reset before', gru(8, { resetAfter: false })],
    ['rnn', rnn(8)],
  ])('leaves no subnormal number in the state: %s', async (_, layer) => {
    using model = await createModel({ input: 1, layers: [layer, layer], output: dense(1), seed: 3 });
    using state = model.openState();
    model.step(1, state);
    let seen = 0;
    for (let t = 0; t < 5000; t++) {
      model.step(0, state);
      if (t % 10 === 0)
        seen += Object.values(state.snapshot())
          .flatMap((part) => [...part])
          .filter(subnormal).length;
    }
    expect(seen).toBe(0);
  });

  it.each([
    ['adam', adam(1e-3)],
    ['sgd with momentum', sgd(0.1, { momentum: 0.5 })],
    ['rmsprop', rmsprop(1e-3, { decay: 0.5 })],
  ])('leaves none in the moments: %s', async (_, optimizer) => {
    using model = await createModel({ input: 2, layers: [lstm(4)], output: dense(1), seed: 3 });
    using learner = createLearner(model, { k1: 1, k2: 4, loss: mse, optimizer });
    let seen = 0;
    for (let t = 0; t < 3000; t++) {
      // The second input falls silent at once: its weights' gradients are 0 from then on, their moments decay.
      learner.step([Math.sin(t), t === 0 ? 1 : 0], 0.5);
      if (t % 50 === 0) seen += floats(learner.snapshot()).filter(subnormal).length;
    }
    expect(seen).toBe(0);
  });
});
