import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adam, createLearner, createModel, dense, gru, type Loss, rnn, sgd } from '../../../src/index.js';
import { checkLearnerOptions } from '../../../src/learner/options.js';
import { createTape } from '../../../src/learner/tape.js';
import type { LossMember } from '../../../src/nn/losses/loss.js';
import { losses, lossOf } from '../../../src/nn/losses/registry.js';
import { elements, value } from './targets.js';

const shares = fc.float({ min: 0, max: 1, noNaN: true });
const classes = (outputs: number) =>
  fc.oneof(
    fc.integer({ min: 0, max: outputs - 1 }),
    fc
      .array(fc.integer({ min: 0, max: 64 }), { minLength: outputs, maxLength: outputs })
      .filter((counts) => counts.some((n) => n > 0))
      .map((counts) => counts.map((n) => Math.fround(n / counts.reduce((sum, k) => sum + k, 0)))),
    fc.constant(Array.from({ length: outputs }, (_, k) => (k % 2 ? Number.NaN : 0.5))),
    fc.constant(Number.NaN),
  );

/** The targets that a loss takes, for so many outputs. A loss whose width is `single` takes one number for all as well. */
function targetsOf({ example }: LossMember, loss: Loss, width: number): fc.Arbitrary<number | (number | undefined)[]> {
  if (example.targets === 'classes') return classes(example.outputs);
  const own = elements(width, example.targets === 'shares' ? shares : value);
  return loss.single ? fc.oneof(own, value, elements(1)) : own;
}

it('every folder under src/nn/losses is a member of the registry', () => {
  const folders = readdirSync(new URL('../../../src/nn/losses', import.meta.url), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  expect(losses.members.map(({ name }) => name).sort()).toEqual(folders.sort());
});

describe.each(losses.members)('$name', (member) => {
  const { outputs, parameters, activation: readout } = member.example;
  const loss = member.create(parameters);
  const target = targetsOf(member, loss, loss.targetWidth(outputs, dense(outputs, { activation: readout })));

  it('can be had again from its name and parameters, as when it has travelled to a worker', () => {
    const again = lossOf({ name: loss.name, parameters: loss.parameters });
    // Functions are told apart by what they say.
    const plain = (one: typeof loss) => JSON.stringify({ ...one, targetWidth: String(one.targetWidth) });
    expect(plain(again)).toBe(plain(loss));
  });

  const spec = { input: 1, layers: [rnn(2)], output: dense(outputs, { activation: readout }) };

  it('its kernel gives the value and the gradient of its reference', async () => {
    using model = await createModel(spec);
    const tape = createTape(model, 1, checkLearnerOptions('test', { k1: 1, k2: 1, loss, optimizer: sgd(1) }));
    const width = loss.targetWidth(outputs, model.spec.output);
    const read = loss.readTarget ?? (await import('../../../src/nn/losses/loss.js')).readTarget;
    // A log variance far out makes numbers that float32 has not.
    const bounded = loss.name === 'gaussianNll' ? fc.float({ min: -3, max: 3, noNaN: true }) : value;
    const output = fc.array(bounded, { minLength: outputs, maxLength: outputs });
    fc.assert(
      fc.property(output, target, (read_, wanted) => {
        const { f32 } = model.runtime.heap;
        f32.set(read_, (loss.fused ? tape.z : tape.y) >> 2);
        read(wanted, width, f32, tape.target >> 2, 'test', 1);
        const got = model.runtime.kernels.learnerLossAt(tape.learner, 0);
        const gradient = [...f32.slice(tape.dz >> 2, (tape.dz >> 2) + model.outputPadded)];
        const want = loss.reference?.(read_, wanted);
        expect(loss.reference).toBeDefined();
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
    const good =
      member.example.targets === 'classes'
        ? 1
        : Array.from({ length: loss.targetWidth(outputs, spec.output) }, () => 1);
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
      const wanted = member.example.targets === 'classes' ? on : Array.from({ length: width }, () => on);
      losses.push(learner.step(on, wanted).scored?.loss ?? Number.NaN);
    }
    const mean = (part: number[]) => part.reduce((sum, l) => sum + l, 0) / part.length;
    expect(mean(losses.slice(-40))).toBeLessThan(0.5 * mean(losses.slice(0, 40)));
  });
});
