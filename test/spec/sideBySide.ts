import fc from 'fast-check';
import { expect } from 'vitest';
import { createRandom } from '../../src/core/random.js';
import {
  cosine,
  createLearner,
  dense,
  exponential,
  type LabelStep,
  type Learner,
  type Loss,
  type Model,
  type Schedule,
} from '../../src/index.js';
import type { ReferenceState } from '../../src/nn/cells/reference.js';
import { createModelOn } from '../../src/nn/createModelOn.js';
import { forms as allForms } from '../nn/cells/forms.js';
import type { Checked } from './checked.js';
import { distance } from './layers.js';
import type { Learnt, SpecOptions } from './learner.js';
import { flatRecord, flatState, flatTensors, flatWeights, specLayersOf, specWeightsOf } from './model.js';
import { optimizers, type Spec } from './ruled.js';

const forms = Object.fromEntries(allForms);
const schedules: Record<string, Schedule> = {
  exponential: exponential(0.9, { floor: 0.2 }),
  cosine: cosine(6, { floor: 0.1 }),
};
const keysOf = <T extends object>(record: T) =>
  fc.constantFrom(...Object.keys(record).filter((key): key is keyof T & string => key in record));

export const setup = fc.record({
  input: fc.integer({ min: 1, max: 3 }),
  layers: fc.array(fc.tuple(keysOf(forms), fc.integer({ min: 1, max: 5 })), { minLength: 1, maxLength: 3 }),
  optimizer: keysOf(optimizers),
  k: fc.oneof(
    { weight: 5, arbitrary: fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 6 })) },
    { weight: 1, arbitrary: fc.constant<[number, number]>([Infinity, Infinity]) },
  ),
  maxLag: fc.integer({ min: 0, max: 6 }),
  clip: fc.constantFrom({}, { clipNorm: 0.3 }, { clipValue: 0.05 }, { clipNorm: 0.2, clipValue: 0.1 }),
  schedule: fc.option(keysOf(schedules), { nil: undefined }),
  adds: fc.boolean(),
  seed: fc.nat(1000),
});
type Setup = typeof setup extends fc.Arbitrary<infer S> ? S : never;

/** The specification and the learner, side by side. */
export interface Pair {
  spec: Spec;
  model: Model;
  learner: Learner;
  given: Checked;
  newest: number;
  kept?: { back: () => void; snapshot: ReturnType<Learner['snapshot']>; newest: number };
}

/** Biases too, and small enough that a relu's state stays so. */
export function draw(model: Model, seed: number): void {
  const random = createRandom(seed);
  const drawn = Object.entries(model.weights()).map(([name, { shape, data }]) => {
    return [name, { shape, data: data.map(() => 0.4 * random.normal()) }] as const;
  });
  model.setWeights(Object.fromEntries(drawn));
}

export function createPair(
  runtime: Model['runtime'],
  { input, layers, optimizer, k, maxLag, clip, schedule, adds, seed }: Setup,
  given: Checked,
): Pair {
  const [k1, k2] = k;
  const stack = layers.map(([form, units]) => forms[form](units));
  if (!given.readout) stack.push(forms[layers[0][0]](given.outputs));
  const output = given.readout && { output: dense(given.outputs, { activation: given.readout }) };
  const skip = adds && given.readout === 'linear' && given.outputs <= input;
  const model = createModelOn(runtime, { input, layers: stack, ...output, skip });
  draw(model, seed);
  const scheduled = schedule && { schedule: schedules[schedule] };
  const rule = optimizers[optimizer];
  const shared = { k1, k2, maxLag, ...clip, ...scheduled };
  const learner = createLearner(model, { ...shared, loss: given.loss, optimizer: rule.optimizer, maxSteps: 400 });
  const spec = rule.open({
    ...shared,
    layers: specLayersOf(model),
    weights: specWeightsOf(model),
    ...(given.readout && { output: given.readout }),
    skip,
    loss: lossOf(given.loss),
    units: model.layers.map(({ units }) => units),
  });
  return { spec, model, learner, given, newest: 0 };
}

/** A loss as the specification takes it. */
function lossOf(loss: Loss): SpecOptions<{ lr: number }, unknown>['loss'] {
  const { reference, referenceOfWindow } = loss;
  if (!reference) throw new Error(`${loss.name} has no reference`);
  const ofWindow = referenceOfWindow && {
    ofWindow: (...window: Parameters<typeof referenceOfWindow>) => referenceOfWindow(...window)?.gradient,
  };
  return { of: reference, logits: loss.fused, ...ofWindow };
}

export const NEAR = 2e-4;
export function expectSame(pair: Pair, got: LabelStep, want: Learnt): void {
  const { spec, learner, model } = pair;
  expect(got.scored?.index).toBe(want.scored?.index);
  if (got.scored && want.scored) {
    expect(distance([...got.scored.output], want.scored.output)).toBeLessThan(NEAR);
    expect(distance([got.scored.loss], [want.scored.loss])).toBeLessThan(NEAR);
  }
  expect(got.updated).toBe(want.updated);
  if (want.gradientNorm !== undefined)
    expect(distance([got.gradientNorm ?? NaN], [want.gradientNorm])).toBeLessThan(NEAR);
  const { updates, unlabelled, nonFinite, droppedLabels } = learner.counts;
  expect({ updates, unlabelled, nonFinite, late: droppedLabels }).toEqual(spec.counts());
  expect(distance(flatTensors(model.weights()), flatWeights(spec.weights()))).toBeLessThan(NEAR);
  expect(
    distance(flatRecord(learner.state()), flatState(spec.state().map((state, l) => withCell(model, state, l)))),
  ).toBeLessThan(NEAR);
}
/** A state of zeros that the specification has written without its c. */
const withCell = ({ layers }: Model, { h, c }: ReferenceState, l: number) =>
  layers[l].cell.cellState ? { h, c: c ?? h.map(() => 0) } : { h };
