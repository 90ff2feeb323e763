import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { average } from '../../src/checkpoint/average.js';
import { dense, model, recurrent } from './randomModel.js';

const definition = { input: 2, layers: [recurrent('gru', 3)], output: dense(1) };
const [a, b, c] = [1, 2, 3].map((seed) => model(definition, seed));

describe('average', () => {
  test('is the mean of each weight by the shares given', () => {
    const mean = average([a, b, c], [1, 2, 5]);
    for (const name of Object.keys(a.weights)) {
      const [x, y, z] = [a, b, c].map(({ weights }) => weights[name].data);
      expect(mean[name]).toEqual({
        shape: a.weights[name].shape,
        data: Float32Array.from(x, (_, k) => (x[k] + 2 * y[k] + 5 * z[k]) / 8),
      });
    }
    expect(average([a, b])).toEqual(average([a, b], [7, 7]));
  });

  test('of equal models is that model, whatever the shares', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.01, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 6 }),
        (shares) => {
          expect(
            average(
              shares.map(() => a),
              shares,
            ),
          ).toEqual(a.weights);
        },
      ),
    );
  });

  test('leaves out a model of share 0, and changes none', () => {
    expect(average([a, b], [0, 3])).toEqual(b.weights);
    expect(a).toEqual(model(definition, 1));
  });

  test.each([
    ['no model', [], []],
    ['too few shares', [a, b], [1]],
    ['a negative share', [a, b], [2, -1]],
    ['a share that is no number', [a, b], [1, Number.NaN]],
    ['shares that are all 0', [a, b], [0, 0]],
    ['an endless share', [a, b], [1, Infinity]],
  ])('refuses %s', (_, models, shares) => {
    expect(() => average(models, shares)).toThrow(expect.objectContaining({ code: 'invalid-option' }));
  });

  test('refuses models that differ in size, or in an option alone', () => {
    const wider = model({ ...definition, layers: [recurrent('gru', 4)] });
    const before = { ...b, definition: { ...definition, layers: [recurrent('gru', 3, { resetAfter: false })] } };
    for (const other of [wider, before]) {
      expect(() => average([a, other])).toThrow(expect.objectContaining({ code: 'invalid-weights' }));
    }
  });
});
