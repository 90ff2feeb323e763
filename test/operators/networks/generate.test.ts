import { from, of } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { generate, generateStage } from '../../../operators/networks/generate.js';
import { describeOperator } from '../shared/laws.js';
import { inUse, loop, model, number } from '../shared/smallModels.js';
import { observe } from '../shared/worlds.js';

const freeRun = { steps: 4, until: ([y]: Float32Array) => y > 0.2 };
describeOperator('generate on its own', {
  operator: () => generate<number>(loop, freeRun),
  open: generateStage<number>(loop, freeRun),
  sample: number,
  bad: [Number.NaN, JSON.parse('[1, 2]')],
  tolerant: (onInvalid) => generate<number>(loop, { ...freeRun, onInvalid }),
  failing: (when, error) =>
    generate<number>(loop, {
      steps: 1,
      prompt: (value) => {
        if (when()) throw error;
        return [value];
      },
    }),
  inUse,
});

const steered = { steer: ([y]: Float32Array, value: number) => [y, value], start: [0.3] };
describeOperator('generate steered', {
  operator: () => generate<number>(model, steered),
  open: generateStage<number>(model, steered),
  sample: number,
  bad: [Number.NaN],
  inUse,
  without: { tolerant: 'as on its own', failing: 'as on its own' },
});

describe('generate', () => {
  const alone = (start: number, steps: number) => {
    using state = loop.openState();
    const out = [];
    for (let x = start, k = 0; k < steps; k++) {
      const [y] = loop.step(x, state);
      out.push(y);
      x = y;
    }
    return out;
  };

  it('feeds each output back in, from zeros for each value', () => {
    new TestScheduler((got, want) => expect(got).toEqual(want)).run(({ hot, expectObservable }) => {
      const [a, b, c] = alone(0.5, 3).map((y) => Float32Array.of(y));
      const [d, e, f] = alone(-1, 3).map((y) => Float32Array.of(y));
      const source = '  --x---------y--------|';
      const expected = '--(abc)-----(def)----|';
      expectObservable(hot(source, { x: 0.5, y: -1 }).pipe(generate<number>(loop, { steps: 3 }))).toBe(expected, {
        ...{ a, b, c },
        ...{ d, e, f },
      });
    });
  });

  it('warms up on a prompt, goes on from value to value with carry, and stops early', () => {
    const prompted: number[] = [];
    of([0.1, 0.2, 0.3])
      .pipe(generate<number[]>(loop, { steps: 2, prompt: (value) => value }))
      .subscribe(([y]) => prompted.push(y));
    using state = loop.openState();
    for (const x of [0.1, 0.2]) loop.step(x, state);
    const first = loop.step(0.3, state)[0];
    expect(prompted).toEqual([first, loop.step(first, state)[0]]);

    const carried: number[] = [];
    from([0.5, 0.25])
      .pipe(generate<number>(loop, { steps: 1, carry: true }))
      .subscribe(([y]) => carried.push(y));
    state.reset();
    expect(carried).toEqual([loop.step(0.5, state)[0], loop.step(0.25, state)[0]]);

    const heard: number[] = [];
    of(0.5)
      .pipe(generate<number>(loop, { steps: 50, until: () => heard.length === 3 }))
      .subscribe(([y]) => heard.push(y));
    expect(heard).toHaveLength(3);
  });

  it('is steered step by step, from the start given', () => {
    const { out } = observe(generate<number>(model, steered), [0.1, -0.2]);
    using state = model.openState();
    const y1 = model.step([0.3, 0.1], state);
    expect(out).toEqual([y1, model.step([y1[0], -0.2], state)]);
  });

  it('refuses what it cannot loop', () => {
    expect(() => generate(model, { steps: 3 })).toThrow(/feed must be given/);
    expect(() => generate(loop, { steps: 0 })).toThrow(/steps must be a whole number ≥ 1/);
    expect(() => generate(model, { steer: steered.steer, start: [1, 2] })).toThrow(/start must have 1 finite numbers/);
  });
});
