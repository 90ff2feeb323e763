import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { predict, predictStage } from '../../../operators/networks/predict.js';
import { describeOperator } from '../shared/laws.js';
import { inUse, model, pair } from '../shared/smallModels.js';
import { observe } from '../shared/worlds.js';

const everyThird = { emit: 3, resetWhen: ([a]: number[]) => a < -0.8 };
const atBoundary = { emit: ([a]: number[]) => a > 0.5 };
for (const [name, options] of Object.entries({
  'every third output': everyThird,
  'output at a boundary': atBoundary,
})) {
  describeOperator(`predict's ${name}`, {
    operator: () => predict<number[]>(model, options),
    open: predictStage<number[]>(model, options),
    sample: pair,
    inUse,
    without: { bad: 'as predict', tolerant: 'as predict', failing: 'as predict' },
  });
}

describe('predict speaks', () => {
  const outputs = (values: number[][]) => {
    using state = model.openState();
    return values.map((value) => model.step(value, state)[0]);
  };
  const marbles = { a: [0.1, 0.2], b: [-0.3, 0.9], c: [0.7, 0.4], d: [-0.9, 0.1] };

  it('at every n-th sample, counted from a reset', () => {
    new TestScheduler((got, want) => expect(got).toEqual(want)).run(({ hot, expectObservable }) => {
      const { a, b, c, d } = marbles;
      const [, ab, ,] = outputs([a, b]);
      const [, dc] = outputs([d, c]);
      const op = predict<number[]>(model, { emit: 2, resetWhen: ([x]) => x < -0.8 });
      const source = '  --a--b--a--d--c--|';
      const expected = '-----x--------y--|';
      expectObservable(hot(source, { a, b, c, d }).pipe(op)).toBe(expected, {
        x: Float32Array.of(ab),
        y: Float32Array.of(dc),
      });
    });
  });

  it('at the values that end a stretch', () => {
    const { a, b, c } = marbles;
    const { out } = observe(predict<number[]>(model, { emit: (value) => value === c }), [a, c, b, b, c, a]);
    const all = outputs([a, c, b, b, c, a]);
    expect(out).toEqual([Float32Array.of(all[1]), Float32Array.of(all[4])]);
  });

  it('and refuses another word for when', () => {
    expect(() => predict(model, { emit: 0 })).toThrow(/whole number ≥ 1 or a function, got 0/);
    expect(() => predict(model, { emit: JSON.parse('"often"') })).toThrow(/got often/);
  });
});
