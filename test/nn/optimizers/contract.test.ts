import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adagrad, adam, adamw, createLearner, createModel, mse, rmsprop, rnn, sgd } from '../../../src/index.js';
import { checkLearnerOptions } from '../../../src/learner/options.js';
import { createTape } from '../../../src/learner/tape.js';
import type { OptimizerReference } from '../../../src/nn/optimizers/reference.js';
import { optimizers } from '../../../src/nn/optimizers/registry.js';
import { Update } from '../../../src/runtime/kernels.generated.js';
import { writeRecord } from '../../../src/runtime/record.js';

const lr = 0.05;

/** A reference with its options: every step's parameters. */
function path<O extends { lr: number }, S>(rule: OptimizerReference<O, S>, options: O) {
  return (start: number[], gradients: number[][]): number[][] => {
    let state = rule.start(start.length);
    let parameters = start;
    return gradients.map((g) => {
      ({ parameters, state } = rule.step(parameters, g, state, options));
      return parameters;
    });
  };
}

it('every folder under src/nn/optimizers is a member of the registry', () => {
  const folders = readdirSync(new URL('../../../src/nn/optimizers', import.meta.url), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  expect(optimizers.members.map(({ name }) => name).sort()).toEqual(folders.sort());
});

describe.each(optimizers.members)('$name', ({ examples }) => {
  const variants = examples(lr).map(
    ({ optimizer, withReference }) => [JSON.stringify(optimizer.fields), optimizer, withReference(path)] as const,
  );

  it.each(variants)('%s: its kernel steps as its reference', async (_, optimizer, reference) => {
    using model = await createModel({ input: 1, layers: [rnn(1)] });
    const { heap, kernels } = model.runtime;
    const count = model.block.floats;
    const numbers = fc.array(
      fc.oneof(fc.float({ min: -2, max: 2, noNaN: true, noDefaultInfinity: true }), fc.constant(0)),
      { minLength: count, maxLength: count },
    );
    // Around 0 a gradient's own rounding decides the sign of Adam's step: stay above it.
    const gradients = fc.array(
      numbers.map((g) => g.map((v) => (Math.abs(v) < 1e-3 ? 0 : v))),
      { minLength: 1, maxLength: 6 },
    );
    fc.assert(
      fc.property(numbers, gradients, (start, steps) => {
        const tape = createTape(model, 1, checkLearnerOptions('test', { k1: 1, k2: 1, loss: mse, optimizer }));
        heap.f32.set(start, model.address >> 2);
        const powers = [1, 1];
        reference(start, steps).forEach((want, k) => {
          heap.f32.set(steps[k], tape.gradients >> 2);
          // What the learner hands an optimizer for each update.
          powers[0] *= optimizer.corrected?.[0] ?? 0;
          powers[1] *= optimizer.corrected?.[1] ?? 0;
          writeRecord(heap, Update, tape.update, { rate: lr / (1 - powers[0]), base: lr, d: 1 / (1 - powers[1]) });
          kernels.learnerClipAndStep(tape.learner);
          want.forEach((p, i) => {
            expect(Math.abs(heap.f32[(model.address >> 2) + i] - p)).toBeLessThan(3e-6 * Math.max(1, Math.abs(p)));
          });
        });
        tape.arena.dispose();
      }),
      { numRuns: 100 },
    );
  });

  it.each(variants)('%s: it learns, and goes on bit for bit from a snapshot', async (_, optimizer) => {
    using model = await createModel({ input: 1, layers: [rnn(4)], seed: 5 });
    using learner = createLearner(model, { k1: 2, k2: 4, loss: mse, optimizer });
    const run = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, i) => {
        const on = (from + i) % 3 === 0 ? 0.5 : -0.5;
        return learner.step(on, [on, -on, on, 0]).scored?.loss ?? Number.NaN;
      });
    const first = run(0, 60);
    const kept = learner.snapshot();
    const after = run(60, 300);
    learner.restore(kept);
    expect(run(60, 300)).toEqual(after);
    const mean = (part: number[]) => part.reduce((sum, l) => sum + l, 0) / part.length;
    expect(mean(after.slice(-30))).toBeLessThan(mean(first.slice(0, 30)));
  });
});

it.each([
  ['a rate of 0', () => sgd(0)],
  ['an infinite rate', () => adamw(Number.POSITIVE_INFINITY)],
  ['momentum 1', () => rmsprop(1e-3, { momentum: 1 })],
  ['Nesterov without momentum', () => sgd(0.1, { nesterov: true })],
  ['a negative decay', () => adamw(1e-3, { weightDecay: -1 })],
  ['α = 1', () => rmsprop(1e-3, { decay: 1 })],
  ['ε = 0', () => adagrad(1e-3, { epsilon: 0 })],
  ['an ε that float32 has not', () => adam(1e-3, { epsilon: 1e-60 })],
])('%s is refused', (_, make) => {
  expect(make).toThrowError(expect.objectContaining({ code: 'invalid-option' }));
});
