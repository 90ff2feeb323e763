import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  adam,
  bce,
  createModel,
  crossEntropy,
  dense,
  esr,
  gaussianNll,
  gru,
  huber,
  type Loss,
  mae,
  mse,
  openLearner,
  pinball,
  rnn,
  sgd,
} from '../src/index.js';
import { checkOptions } from '../src/learner/options.js';
import { openTape } from '../src/learner/tape.js';
import { bceReference } from '../src/losses/bce/reference.js';
import { crossEntropyReference } from '../src/losses/crossEntropy/reference.js';
import { esrReference, esrWindowReference } from '../src/losses/esr/reference.js';
import { gaussianNllReference } from '../src/losses/gaussianNll/reference.js';
import { huberReference } from '../src/losses/huber/reference.js';
import { lossNamed } from '../src/losses/lossNamed.js';
import { maeReference } from '../src/losses/mae/reference.js';
import { mseReference } from '../src/losses/mse/reference.js';
import { pinballReference } from '../src/losses/pinball/reference.js';
import type { LossResult } from '../src/losses/reference.js';
import type { DenseActivation } from '../src/readouts/dense/index.js';

/** A float32 number, often small, sometimes large, sometimes the same again (a corner of mae or huber). */
const value = fc.oneof(
  fc.float({ min: -3, max: 3, noNaN: true }),
  fc.float({ min: -200, max: 200, noNaN: true }),
  fc.constantFrom(0, 1, -1),
);
const element = (present: fc.Arbitrary<number>) =>
  fc.oneof({ weight: 4, arbitrary: present }, { weight: 1, arbitrary: fc.constantFrom(Number.NaN, undefined) });
const elements = (width: number, present = value) => fc.array(element(present), { minLength: width, maxLength: width });
const taus = [0.125, 0.5, 0.75];
const esrParameters = [0.75, 0.5, 0.125];

interface Subject {
  loss: Loss;
  outputs: number;
  readout: DenseActivation;
  target: fc.Arbitrary<number | (number | undefined)[]>;
  reference(output: number[], target: number | (number | undefined)[]): LossResult | undefined;
}
/** One entry for each folder under src/losses. */
const subjects: Record<string, Subject> = {
  mse: { loss: mse, outputs: 3, readout: 'linear', target: elements(3), reference: mseReference },
  mae: { loss: mae, outputs: 5, readout: 'linear', target: elements(5), reference: maeReference },
  huber: {
    loss: huber(1.5),
    outputs: 3,
    readout: 'linear',
    target: elements(3),
    reference: (output, target) => huberReference(output, target, 1.5),
  },
  pinball: {
    loss: pinball(...taus),
    outputs: 3,
    readout: 'linear',
    target: fc.oneof(elements(3), value, elements(1)),
    reference: (output, target) => pinballReference(output, target, taus),
  },
  esr: {
    loss: esr({ preEmphasis: 0.75, dc: 0.5, floor: 0.125 }),
    outputs: 3,
    readout: 'linear',
    target: elements(3),
    reference: (output, target) => esrReference(output, target, esrParameters),
  },
  gaussianNll: {
    loss: gaussianNll,
    outputs: 6,
    readout: 'linear',
    target: elements(3),
    reference: gaussianNllReference,
  },
  bce: {
    loss: bce,
    outputs: 5,
    readout: 'sigmoid',
    target: elements(5, fc.float({ min: 0, max: 1, noNaN: true })),
    reference: bceReference,
  },
  crossEntropy: {
    loss: crossEntropy,
    outputs: 4,
    readout: 'softmax',
    target: fc.oneof(
      fc.integer({ min: 0, max: 3 }),
      fc
        .tuple(...Array.from({ length: 4 }, () => fc.integer({ min: 0, max: 64 })))
        .filter((counts) => counts.some((n) => n > 0))
        .map((counts) => counts.map((n) => Math.fround(n / counts.reduce((sum, k) => sum + k, 0)))),
      fc.constant(0.5).map((half): (number | undefined)[] => [half, Number.NaN, half, undefined]),
      fc.constant(Number.NaN),
    ),
    reference: crossEntropyReference,
  },
};

it('every folder under src/losses has its subject here', () => {
  const folders = readdirSync(new URL('../src/losses', import.meta.url), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  expect(Object.keys(subjects).sort()).toEqual(folders.sort());
});

describe.each(Object.entries(subjects))('%s', (_, { loss, outputs, readout, target, reference }) => {
  it('can be had again from its name and parameters, as when it has travelled to a worker', () => {
    const again = lossNamed({ name: loss.name, parameters: loss.parameters });
    // Functions are told apart by what they say.
    const plain = (one: typeof loss) => JSON.stringify({ ...one, targetWidth: String(one.targetWidth) });
    expect(plain(again)).toBe(plain(loss));
  });

  const spec = { input: 1, layers: [rnn(2)], output: dense(outputs, { activation: readout }) };

  it('its kernel gives the value and the gradient of its reference', async () => {
    using model = await createModel(spec);
    const tape = openTape(model, 1, checkOptions('test', { k1: 1, k2: 1, loss, optimizer: sgd(1) }));
    const width = loss.targetWidth(outputs, model.spec.output);
    const read = loss.readTarget ?? (await import('../src/losses/loss.js')).readTarget;
    // A log variance far out makes numbers that float32 has not.
    const bounded = loss === gaussianNll ? fc.float({ min: -3, max: 3, noNaN: true }) : value;
    const output = fc.array(bounded, { minLength: outputs, maxLength: outputs });
    fc.assert(
      fc.property(output, target, (read_, wanted) => {
        const { f32 } = model.runtime.heap;
        f32.set(read_, (loss.fused ? tape.z : tape.y) >> 2);
        read(wanted, width, f32, tape.target >> 2, 'test', 1);
        const got = model.runtime.kernels.learnerLossAt(tape.learner, 0);
        const gradient = [...f32.slice(tape.dz >> 2, (tape.dz >> 2) + model.outputPadded)];
        const want = reference(read_, wanted);
        if (!want) expect(got).toBeNaN();
        else expect(Math.abs(got - want.loss)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(want.loss)));
        gradient.forEach((d, i) => {
          const exact = want?.gradient[i] ?? 0;
          expect(Math.abs(d - exact)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(exact)));
        });
      }),
      { numRuns: 500 },
    );
    tape.arena.dispose();
  });

  it('a target of another length, an infinite or a textual one is refused, and nothing has changed', async () => {
    using model = await createModel(spec);
    using learner = openLearner(model, { k1: 1, k2: 4, loss, optimizer: adam(0.1) });
    const good = loss === crossEntropy ? 1 : Array.from({ length: loss.targetWidth(outputs, spec.output) }, () => 1);
    learner.step(0.5, good);
    const before = learner.snapshot();
    const bad = [
      [1, 0, 0, 0, 0, 0, 0],
      Array.from({ length: outputs }, () => Number.POSITIVE_INFINITY),
      ['1'],
      'text',
      null,
      {},
    ];
    for (const wrong of bad) {
      const call = () => Reflect.apply(learner.step, learner, [0.5, wrong]);
      expect(call).toThrowError(expect.objectContaining({ code: 'invalid-sample' }));
      const late = () => Reflect.apply(learner.label, learner, [1, wrong]);
      expect(late).toThrowError(expect.objectContaining({ code: 'invalid-sample' }));
    }
    expect(learner.snapshot()).toEqual(before);
  });

  it('learns', async () => {
    using model = await createModel({ ...spec, layers: [gru(8)], seed: 3 });
    using learner = openLearner(model, { k1: 1, k2: 4, loss, optimizer: adam(0.02), clipNorm: 1 });
    const width = loss.targetWidth(outputs, spec.output);
    const losses: number[] = [];
    for (let t = 0; t < 400; t++) {
      const on = t % 2;
      const wanted = loss === crossEntropy ? on : Array.from({ length: width }, () => on);
      losses.push(learner.step(on, wanted).due?.loss ?? Number.NaN);
    }
    const mean = (part: number[]) => part.reduce((sum, l) => sum + l, 0) / part.length;
    expect(mean(losses.slice(-40))).toBeLessThan(0.5 * mean(losses.slice(0, 40)));
  });
});

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
      const { loss } = subjects.esr;
      const tape = openTape(model, rows, checkOptions('test', { k1: steps, k2: steps, loss, optimizer: sgd(1) }));
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

describe('losses that do not fit', () => {
  const open = async (outputs: number, activation: DenseActivation | undefined, loss: Loss) => {
    const output = activation && { output: dense(outputs, { activation }) };
    using model = await createModel({ input: 1, layers: [rnn(outputs)], ...output });
    const inUse = model.runtime.heap.bytesInUse;
    const refused = () => openLearner(model, { k1: 1, k2: 1, loss, optimizer: sgd(1) });
    expect(refused).toThrowError(
      expect.objectContaining({ code: 'invalid-option', message: expect.stringMatching(/; use dense/) }),
    );
    expect(model.runtime.heap.bytesInUse).toBe(inUse);
  };
  it.each([
    ['crossEntropy under a sigmoid', 3, 'sigmoid', crossEntropy],
    ['crossEntropy under a linear readout', 3, 'linear', crossEntropy],
    ['crossEntropy without a readout', 3, undefined, crossEntropy],
    ['crossEntropy over one class', 1, 'softmax', crossEntropy],
    ['bce under a softmax', 3, 'softmax', bce],
    ['bce without a readout', 3, undefined, bce],
    ['pinball with too many outputs', 3, 'linear', pinball(0.1, 0.9)],
    ['gaussianNll with an odd number of outputs', 3, 'linear', gaussianNll],
    ['gaussianNll under a sigmoid', 2, 'sigmoid', gaussianNll],
  ] as const)('%s', (_, outputs, activation, loss) => open(outputs, activation, loss));

  it.each([
    ['huber(0)', () => huber(0)],
    ['huber(Infinity)', () => huber(Number.POSITIVE_INFINITY)],
    ['pinball()', () => pinball()],
    ['pinball(1)', () => pinball(1)],
    ['pinball(NaN)', () => pinball(Number.NaN)],
  ])('%s is refused', (_, make) => {
    expect(make).toThrowError(expect.objectContaining({ code: 'invalid-option' }));
  });
});

describe('targets that are none', () => {
  const refuses = async (loss: Loss, activation: DenseActivation, target: number | number[], pattern: RegExp) => {
    using model = await createModel({ input: 1, layers: [rnn(2)], output: dense(3, { activation }) });
    using learner = openLearner(model, { k1: 1, k2: 1, loss, optimizer: sgd(1) });
    learner.step(1);
    expect(() => learner.step(1, target)).toThrowError(
      expect.objectContaining({ code: 'invalid-sample', message: expect.stringMatching(pattern) }),
    );
  };
  it.each([
    ['a class above the last', crossEntropy, 'softmax', 3, /sample 2 must be a class from 0 to 2.*got 3;/],
    ['a class below 0', crossEntropy, 'softmax', -1, /got -1;/],
    ['a class between two', crossEntropy, 'softmax', 0.5, /got 0.5;/],
    ['a distribution that sums to 2', crossEntropy, 'softmax', [1, 1, 0], /sample 2 must be a distribution/],
    ['a negative probability', crossEntropy, 'softmax', [1.5, -0.5, 0], /sample 2 must be a distribution/],
    ['a yes beyond 1', bce, 'sigmoid', [0, 1, 1.5], /sample 2 must be from 0 to 1/],
  ] as const)('%s', (_, loss, activation, target, pattern) =>
    refuses(loss, activation, typeof target === 'number' ? target : [...target], pattern),
  );
});

it('rows of a batch may each be labelled by one class, or one value for all quantiles', async () => {
  using model = await createModel({ input: 1, layers: [rnn(2)], output: dense(3, { activation: 'softmax' }) });
  using state = model.openState(2);
  using learner = openLearner(model, { k1: 1, k2: 1, loss: crossEntropy, optimizer: sgd(1), state });
  expect([...(learner.step([1, 2], [2, 0]).due?.target ?? [])]).toEqual([0, 0, 1, 1, 0, 0]);
  expect(() => learner.step([1, 2], [2, 7])).toThrowError(expect.objectContaining({ code: 'invalid-sample' }));
  using quantiles = await createModel({ input: 1, layers: [rnn(2)], output: dense(2) });
  using pair = quantiles.openState(2);
  using other = openLearner(quantiles, { k1: 1, k2: 1, loss: pinball(0.25, 0.75), optimizer: sgd(1), state: pair });
  expect([...(other.step([1, 2], [5, 7]).due?.target ?? [])]).toEqual([5, 5, 7, 7]);
});
