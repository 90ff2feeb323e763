import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createModel, dense, esr, rnn, sgd } from '../../../src/index.js';
import { checkLearnerOptions } from '../../../src/learner/options.js';
import { createTape } from '../../../src/learner/tape.js';
import { esrWindowReference } from '../../../src/nn/losses/esr/reference.js';
import { elements, esrParameters, value } from './targets.js';

const [preEmphasis, dc, floor] = esrParameters;

describe('a loss along time: esr', () => {
  const windows = (rows: number, steps: number) =>
    fc.array(fc.tuple(fc.array(value, { minLength: 2, maxLength: 2 }), elements(2)), {
      minLength: rows * steps,
      maxLength: rows * steps,
    });

  it('has the gradient that its values have, by central differences', () => {
    const small = fc.double({ min: -1, max: 1, noNaN: true });
    const sample = fc.tuple(fc.array(small, { minLength: 2, maxLength: 2 }), elements(2, small));
    fc.assert(
      fc.property(fc.array(sample, { minLength: 1, maxLength: 6 }), (window) => {
        const outputs = window.map(([output]) => output);
        const targets = window.map(([, target]) => target);
        const result = esrWindowReference(outputs, targets, esrParameters);
        const at = (t: number, o: number, shift: number) => {
          const moved = outputs.map((output, s) => output.map((y, i) => (s === t && i === o ? y + shift : y)));
          return esrWindowReference(moved, targets, esrParameters)?.loss ?? 0;
        };
        outputs.forEach((output, t) => {
          output.forEach((_, o) => {
            const slope = (at(t, o, 1e-5) - at(t, o, -1e-5)) / 2e-5;
            expect(Math.abs((result?.gradient[t][o] ?? 0) - slope)).toBeLessThan(1e-7);
          });
        });
      }),
    );
  });

  it('is what Wright et al. define, where nothing is missing', () => {
    const [y, wanted] = [
      [0.5, -0.25, 1],
      [0.25, 0.25, 0.5],
    ];
    // Errors .25 −.5 .5; after the filter .0625 −.6875 .875, targets .0625 .0625 .3125.
    const emphasised = (0.0625 ** 2 + 0.6875 ** 2 + 0.875 ** 2) / (0.0625 ** 2 + 0.0625 ** 2 + 0.3125 ** 2);
    const dc = (0.25 / 3) ** 2 / ((0.25 ** 2 + 0.25 ** 2 + 0.5 ** 2) / 3);
    const samples = (values: number[]) => values.map((v) => [v]);
    expect(esrWindowReference(samples(y), samples(wanted), [0.75, 1, 0])?.loss).toBeCloseTo(emphasised + dc, 12);
  });

  it.each([
    [1, 7],
    [3, 4],
  ])(
    'its kernel gives a learner of %i rows the gradient of its reference, over a window of %i',
    async (rows, steps) => {
      using model = await createModel({ input: 1, layers: [rnn(2)], output: dense(2) });
      const loss = esr({ preEmphasis, dc, floor });
      const tape = createTape(
        model,
        rows,
        checkLearnerOptions('test', { k1: steps, k2: steps, loss, optimizer: sgd(1) }),
      );
      const { kernels, heap } = model.runtime;
      fc.assert(
        fc.property(windows(rows, steps), (samples) => {
          const { f32 } = heap;
          samples.forEach(([output, target], m) => {
            f32.set(output, (tape.y >> 2) + 4 * m);
            f32.set(target.map(Number), (tape.target >> 2) + 4 * m);
          });
          const present = kernels.learnerBackpropagate(tape.learner, 0, steps, 0);
          const results = Array.from({ length: rows }, (_, row) => {
            const own = samples.filter((_, m) => m % rows === row);
            return esrWindowReference(
              own.map(([output]) => output),
              own.map(([, target]) => target),
              esrParameters,
            );
          });
          const labelled = results.filter((result) => result).length;
          expect(present).toBe(labelled > 0 ? 1 : 0);
          samples.forEach((_, m) => {
            const exact = results[m % rows]?.gradient[Math.floor(m / rows)] ?? [0, 0];
            exact.forEach((slope, o) => {
              const want = labelled > 0 ? slope / labelled : 0;
              const got = f32[(tape.dz >> 2) + 4 * m + o];
              expect(Math.abs(got - want)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(want)));
            });
          });
        }),
        { numRuns: 300 },
      );
      tape.arena.dispose();
    },
  );

  it.each([
    ['preEmphasis 1', { preEmphasis: 1 }],
    ['a negative dc', { dc: -1 }],
    ['no floor', { floor: 0 }],
    ['NaN', { preEmphasis: Number.NaN }],
  ])('refuses %s', (_, options) => {
    expect(() => esr(options)).toThrowError(expect.objectContaining({ code: 'invalid-option' }));
  });
});
