import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  constant,
  cosine,
  createLearner,
  createModel,
  exponential,
  mse,
  rnn,
  type Schedule,
  sgd,
  stepDecay,
  warmUp,
} from '../../src/index.js';
import { schedules } from '../../src/nn/schedules/registry.js';

const at = (schedule: Schedule, ...updates: number[]) => updates.map(schedule);
const near = (got: number[], want: number[]) => {
  for (const [i, value] of got.entries()) expect(value).toBeCloseTo(want[i], 14);
};

describe('schedules', () => {
  it('constant', () => {
    expect(at(constant(), 1, 1e9)).toEqual([1, 1]);
    expect(at(constant(0.25), 1, 7)).toEqual([0.25, 0.25]);
  });
  it('exponential: once the decay every `every` updates, not below the floor', () => {
    near(at(exponential(0.5), 1, 2, 3), [1, 0.5, 0.25]);
    near(at(exponential(0.25, { every: 10, floor: 0.3 }), 1, 6, 11, 1e6), [1, 0.5, 0.3, 0.3]);
  });
  it('cosine: 1, the middle, the floor, and the floor ever after', () => {
    near(at(cosine(100, { floor: 0.2 }), 1, 51, 101, 102, 1e9), [1, 0.6, 0.2, 0.2, 0.2]);
    // cos(π/3) = ½.
    near(at(cosine(3), 2), [0.75]);
  });
  it('stepDecay', () => {
    near(at(stepDecay(0.1, 3), 1, 3, 4, 6, 7), [1, 1, 0.1, 0.1, 0.01]);
  });
  it('warmUp rises to what comes after it, which starts at its own first update', () => {
    near(at(warmUp(4), 1, 2, 4, 5, 100), [0.25, 0.5, 1, 1, 1]);
    near(at(warmUp(2, exponential(0.5)), 1, 2, 3, 4), [0.5, 1, 1, 0.5]);
  });

  it('never rise after the warm-up, stay within 0 and 1, and are finite for ever', () => {
    const every = fc.integer({ min: 1, max: 10_000 });
    const part = fc.double({ min: 1e-6, max: 1, noNaN: true });
    const any = fc.oneof(
      fc.tuple(part, every, part).map(([d, n, floor]) => exponential(d, { every: n, floor })),
      fc.tuple(every, part).map(([n, floor]) => cosine(n, { floor })),
      fc.tuple(part, every).map(([d, n]) => stepDecay(d, n)),
      part.map(constant),
    );
    fc.assert(
      fc.property(any, every, fc.integer({ min: 1, max: 1e9 }), every, (schedule, k, far, rise) => {
        const factors = at(schedule, k, k + 1, k + far);
        for (const factor of factors) expect(factor >= 0 && factor <= 1).toBe(true);
        expect(factors[1]).toBeLessThanOrEqual(factors[0] + 1e-15);
        expect(factors[2]).toBeLessThanOrEqual(factors[1] + 1e-15);
        expect(warmUp(rise, schedule)(rise + k)).toBe(factors[0]);
      }),
    );
  });

  it('a learner asks for update 1, 2, … and scales its rate by the answer', async () => {
    const moves = async (schedule?: Schedule) => {
      using model = await createModel({ input: 1, layers: [rnn(1)] });
      const asked: number[] = [];
      const spy = (update: number) => {
        asked.push(update);
        return schedule?.(update) ?? 1;
      };
      using learner = createLearner(model, { k1: 2, k2: 2, loss: mse, optimizer: sgd(0.1), schedule: spy });
      const bias = () => model.weights()['layers.0.bias_ih'].data[0];
      const before = bias();
      for (let t = 0; t < 5; t++) learner.step(1, 1);
      return { asked, moved: bias() - before };
    };
    const { asked, moved } = await moves(constant(0.5));
    expect(asked).toEqual([1, 2]);
    const whole = await moves();
    expect(Math.abs(moved)).toBeLessThan(Math.abs(whole.moved));
    expect((await moves(constant(0))).moved).toBe(0);
  });

  it.each([
    ['a negative factor', () => constant(-1)],
    ['no decay', () => exponential(0)],
    ['a decay above 1', () => stepDecay(1.5, 10)],
    ['half an update', () => cosine(0.5)],
    ['a floor above 1', () => cosine(10, { floor: 2 })],
    ['no rise', () => warmUp(0)],
  ])('%s is refused', (_, make) => {
    expect(make).toThrowError(expect.objectContaining({ code: 'invalid-option' }));
  });
});

describe.each(schedules.members)('$name', ({ example }) => {
  it('is a finite factor from 0 up, the same at every call, from the first update to the billionth', () => {
    const [schedule, again] = [example(), example()];
    for (const update of [1, 2, 3, 9, 10, 11, 1000, 1e6, 1e9]) {
      const factor = schedule(update);
      expect(factor).toBeGreaterThanOrEqual(0);
      expect(factor).toBeLessThan(Number.POSITIVE_INFINITY);
      expect(again(update)).toBe(factor);
    }
  });
});

it('every folder under src/nn/schedules is a member of the registry', () => {
  const folders = readdirSync(new URL('../../src/nn/schedules', import.meta.url), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  expect(schedules.members.map(({ name }) => name).sort()).toEqual(folders.sort());
});
