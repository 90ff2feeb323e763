import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  adam,
  bce,
  createLearner,
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
  pinball,
  rnn,
  sgd,
} from '../../../src/index.js';
import { checkOptions } from '../../../src/learner/options.js';
import { createTape } from '../../../src/learner/tape.js';
import { bceReference } from '../../../src/nn/losses/bce/reference.js';
import { crossEntropyReference } from '../../../src/nn/losses/crossEntropy/reference.js';
import { esrReference } from '../../../src/nn/losses/esr/reference.js';
import { gaussianNllReference } from '../../../src/nn/losses/gaussianNll/reference.js';
import { huberReference } from '../../../src/nn/losses/huber/reference.js';
import { lossNamed } from '../../../src/nn/losses/lossNamed.js';
import { maeReference } from '../../../src/nn/losses/mae/reference.js';
import { mseReference } from '../../../src/nn/losses/mse/reference.js';
import { pinballReference } from '../../../src/nn/losses/pinball/reference.js';
import type { LossResult } from '../../../src/nn/losses/reference.js';
import type { DenseActivation } from '../../../src/nn/readouts/dense/index.js';
import { elements, esrParameters, value } from './targets.js';

interface Subject {
  loss: Loss;
  outputs: number;
  readout: DenseActivation;
  target: fc.Arbitrary<number | (number | undefined)[]>;
  reference(output: number[], target: number | (number | undefined)[]): LossResult | undefined;
}
const taus = [0.125, 0.5, 0.75];

/** One entry for each folder under src/nn/losses. */
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

it('every folder under src/nn/losses has its subject here', () => {
  const folders = readdirSync(new URL('../../../src/nn/losses', import.meta.url), { withFileTypes: true })
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
    const tape = createTape(model, 1, checkOptions('test', { k1: 1, k2: 1, loss, optimizer: sgd(1) }));
    const width = loss.targetWidth(outputs, model.spec.output);
    const read = loss.readTarget ?? (await import('../../../src/nn/losses/loss.js')).readTarget;
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
    using learner = createLearner(model, { k1: 1, k2: 4, loss, optimizer: adam(0.1) });
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
    using learner = createLearner(model, { k1: 1, k2: 4, loss, optimizer: adam(0.02), clipNorm: 1 });
    const width = loss.targetWidth(outputs, spec.output);
    const losses: number[] = [];
    for (let t = 0; t < 400; t++) {
      const on = t % 2;
      const wanted = loss === crossEntropy ? on : Array.from({ length: width }, () => on);
      losses.push(learner.step(on, wanted).scored?.loss ?? Number.NaN);
    }
    const mean = (part: number[]) => part.reduce((sum, l) => sum + l, 0) / part.length;
    expect(mean(losses.slice(-40))).toBeLessThan(0.5 * mean(losses.slice(0, 40)));
  });
});
