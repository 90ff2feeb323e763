import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReferenceState } from '../src/cells/reference.js';
import {
  adagrad,
  adam,
  adamw,
  bce,
  cosine,
  createModel,
  crossEntropy,
  dense,
  esr,
  exponential,
  gaussianNll,
  gru,
  huber,
  type LabelStep,
  type Learner,
  type Loss,
  lstm,
  type Model,
  mae,
  mse,
  type Optimizer,
  openLearner,
  pinball,
  rmsprop,
  rnn,
  type Schedule,
  sgd,
  type Target,
} from '../src/index.js';
import { bceReference } from '../src/losses/bce/reference.js';
import { crossEntropyReference } from '../src/losses/crossEntropy/reference.js';
import { esrReference, esrWindowReference } from '../src/losses/esr/reference.js';
import { gaussianNllReference } from '../src/losses/gaussianNll/reference.js';
import { huberReference } from '../src/losses/huber/reference.js';
import { maeReference } from '../src/losses/mae/reference.js';
import { mseReference } from '../src/losses/mse/reference.js';
import { pinballReference } from '../src/losses/pinball/reference.js';
import type { LossResult, Target as SpecTarget } from '../src/losses/reference.js';
import { openModel } from '../src/openModel.js';
import { adagradReference } from '../src/optimizers/adagrad/reference.js';
import { adamReference } from '../src/optimizers/adam/reference.js';
import { adamwReference } from '../src/optimizers/adamw/reference.js';
import type { OptimizerReference } from '../src/optimizers/reference.js';
import { rmspropReference } from '../src/optimizers/rmsprop/reference.js';
import { sgdReference } from '../src/optimizers/sgd/reference.js';
import { openRandom } from '../src/random.js';
import type { DenseActivation } from '../src/readouts/dense/index.js';
import { distance } from './spec/layers.js';
import { type Learnt, openSpecLearner, type SpecOptions, type SpecWeights } from './spec/learner.js';
import { flatRecord, flatState, flatTensors, flatWeights, specLayersOf, specWeightsOf } from './spec/model.js';

/** The specification without the type of its optimizer's state. */
interface Spec {
  step(x: number[], target?: SpecTarget): Learnt & { index: number; output: number[] };
  label(index: number, target: SpecTarget): Learnt;
  reset(): Learnt;
  setWeights(weights: SpecWeights): void;
  weights(): SpecWeights;
  state(): ReferenceState[];
  counts(): { updates: number; unlabelled: number; nonFinite: number; late: number };
  /** A snapshot, as the call that goes back to it. */
  mark(): () => void;
}
type Shared = Omit<SpecOptions<{ lr: number }, unknown>, 'optimizer'>;

/** An optimizer, and what opens the specification with its reference. ε is large: around 0 a gradient's rounding must not decide a step. */
function ruled<O extends { lr: number }, S>(optimizer: Optimizer, rule: OptimizerReference<O, S>, options: O) {
  const open = (shared: Shared): Spec => {
    const spec = openSpecLearner({ ...shared, optimizer: { rule, options } });
    const mark = () => {
      const kept = spec.snapshot();
      return () => spec.restore(kept);
    };
    return { ...spec, mark };
  };
  return { optimizer, open };
}
const [lr, epsilon] = [0.02, 0.05];
const optimizers = {
  sgd: ruled(sgd(0.1), sgdReference, { lr: 0.1 }),
  nesterov: ruled(sgd(0.05, { momentum: 0.8, nesterov: true, weightDecay: 0.01 }), sgdReference, {
    lr: 0.05,
    momentum: 0.8,
    nesterov: true,
    weightDecay: 0.01,
  }),
  adam: ruled(adam(lr, { epsilon }), adamReference, { lr, epsilon }),
  adamw: ruled(adamw(lr, { epsilon, weightDecay: 0.1 }), adamwReference, { lr, epsilon, weightDecay: 0.1 }),
  rmsprop: ruled(rmsprop(lr, { epsilon, momentum: 0.5 }), rmspropReference, { lr, epsilon, momentum: 0.5 }),
  adagrad: ruled(adagrad(lr, { epsilon }), adagradReference, { lr, epsilon }),
};

/** A loss with its readout, its reference, and targets made of numbers from −1 to 1 (NaN: missing). */
interface Judged {
  loss: Loss;
  outputs: number;
  readout: DenseActivation | undefined;
  of(output: number[], target: SpecTarget): LossResult | undefined;
  ofWindow?: SpecOptions<{ lr: number }, unknown>['loss']['ofWindow'];
  targetOf(numbers: number[]): number | number[];
}
const taken = (n: number) => (numbers: number[]) => numbers.slice(0, n);
const taus = [0.2, 0.5, 0.9];
const judged: Record<string, Judged> = {
  mse: { loss: mse, outputs: 2, readout: 'linear', of: mseReference, targetOf: taken(2) },
  'mse without a readout': { loss: mse, outputs: 3, readout: undefined, of: mseReference, targetOf: taken(3) },
  'mse under a softmax': { loss: mse, outputs: 3, readout: 'softmax', of: mseReference, targetOf: taken(3) },
  'mse under a sigmoid': { loss: mse, outputs: 1, readout: 'sigmoid', of: mseReference, targetOf: ([y]) => y },
  mae: { loss: mae, outputs: 2, readout: 'linear', of: maeReference, targetOf: taken(2) },
  huber: {
    loss: huber(0.5),
    outputs: 3,
    readout: 'linear',
    of: (output, target) => huberReference(output, target, 0.5),
    targetOf: taken(3),
  },
  pinball: {
    loss: pinball(...taus),
    outputs: 3,
    readout: 'linear',
    of: (output, target) => pinballReference(output, target, taus),
    targetOf: ([y]) => y,
  },
  esr: {
    loss: esr({ floor: 0.25 }),
    outputs: 2,
    readout: 'linear',
    of: (output, target) => esrReference(output, target, [0.85, 1, 0.25]),
    ofWindow: (outputs, targets) => esrWindowReference(outputs, targets, [0.85, 1, 0.25])?.gradient,
    targetOf: taken(2),
  },
  gaussianNll: { loss: gaussianNll, outputs: 4, readout: 'linear', of: gaussianNllReference, targetOf: taken(2) },
  bce: {
    loss: bce,
    outputs: 2,
    readout: 'sigmoid',
    of: bceReference,
    targetOf: (numbers) => numbers.slice(0, 2).map(Math.abs),
  },
  crossEntropy: {
    loss: crossEntropy,
    outputs: 3,
    readout: 'softmax',
    of: crossEntropyReference,
    targetOf: ([y]) => Math.floor(Math.abs(y) * 2.99),
  },
};

const forms = {
  lstm,
  gru: (units: number) => gru(units),
  'gru, reset before': (units: number) => gru(units, { resetAfter: false }),
  'rnn, tanh': (units: number) => rnn(units),
  'rnn, relu': (units: number) => rnn(units, { activation: 'relu' }),
  'rnn, sigmoid': (units: number) => rnn(units, { activation: 'sigmoid' }),
};
const schedules: Record<string, Schedule> = {
  exponential: exponential(0.9, { floor: 0.2 }),
  cosine: cosine(6, { floor: 0.1 }),
};
const keysOf = <T extends object>(record: T) =>
  fc.constantFrom(...Object.keys(record).filter((key): key is keyof T & string => key in record));

const setup = fc.record({
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
interface Pair {
  spec: Spec;
  model: Model;
  learner: Learner;
  given: Judged;
  newest: number;
  kept?: { back: () => void; snapshot: ReturnType<Learner['snapshot']>; newest: number };
}

/** Biases too, and small enough that a relu's state stays so. */
function draw(model: Model, seed: number): void {
  const random = openRandom(seed);
  const drawn = Object.entries(model.weights()).map(([name, { shape, data }]) => {
    return [name, { shape, data: data.map(() => 0.4 * random.normal()) }] as const;
  });
  model.setWeights(Object.fromEntries(drawn));
}

function openPair(
  runtime: Model['runtime'],
  { input, layers, optimizer, k, maxLag, clip, schedule, adds, seed }: Setup,
  given: Judged,
): Pair {
  const [k1, k2] = k;
  const stack = layers.map(([form, units]) => forms[form](units));
  if (!given.readout) stack.push(forms[layers[0][0]](given.outputs));
  const output = given.readout && { output: dense(given.outputs, { activation: given.readout }) };
  const skip = adds && given.readout === 'linear' && given.outputs <= input;
  const model = openModel(runtime, { input, layers: stack, ...output, skip });
  draw(model, seed);
  const scheduled = schedule && { schedule: schedules[schedule] };
  const rule = optimizers[optimizer];
  const shared = { k1, k2, maxLag, ...clip, ...scheduled };
  const learner = openLearner(model, { ...shared, loss: given.loss, optimizer: rule.optimizer, maxSteps: 400 });
  const spec = rule.open({
    ...shared,
    layers: specLayersOf(model),
    weights: specWeightsOf(model),
    ...(given.readout && { output: given.readout }),
    skip,
    loss: { of: given.of, logits: given.loss.fused, ...(given.ofWindow && { ofWindow: given.ofWindow }) },
  });
  return { spec, model, learner, given, newest: 0 };
}

const NEAR = 2e-4;
function expectSame(pair: Pair, got: LabelStep, want: Learnt): void {
  const { spec, learner, model } = pair;
  expect(got.due?.index).toBe(want.due?.index);
  if (got.due && want.due) {
    expect(distance([...got.due.output], want.due.output)).toBeLessThan(NEAR);
    expect(distance([got.due.loss], [want.due.loss])).toBeLessThan(NEAR);
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

type Label = 'none' | 'full' | 'masked' | 'part';
function targetFor({ given }: Pair, kind: Label, numbers: number[]): Exclude<Target, Float32Array> & SpecTarget {
  const whole = given.targetOf(numbers);
  if (kind === 'full') return whole;
  if (typeof whole === 'number') return kind === 'masked' ? Number.NaN : whole;
  return whole.map((y, i) => (kind === 'masked' || i === 0 ? Number.NaN : y));
}
/** So near 0 that float32 may round to the other side: a corner of mae, relu or pinball must not be hit by chance. */
const numbers = fc.array(fc.float({ min: -1, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 });

interface Given {
  x: number[];
  kind: Label;
  y: number[];
}
class Steps implements fc.Command<Pair, Pair> {
  constructor(readonly samples: Given[]) {}
  check = () => true;
  run(pair: Pair): void {
    for (const { x: drawn, kind, y } of this.samples) {
      const x = drawn.slice(0, pair.model.input);
      const target = kind === 'none' ? undefined : targetFor(pair, kind, y);
      const got = pair.learner.step(x, target);
      const want = pair.spec.step(x, target);
      pair.newest = want.index;
      expect(got.index).toBe(want.index);
      expect(distance([...got.output], want.output)).toBeLessThan(NEAR);
      expectSame(pair, got, want);
    }
  }
  toString = () => this.samples.map(({ x, kind, y }) => `step([${x}], ${kind} [${y}])`).join(', ');
}
class LabelLate implements fc.Command<Pair, Pair> {
  constructor(
    readonly back: number,
    readonly kind: Exclude<Label, 'none'>,
    readonly y: number[],
  ) {}
  check = ({ newest }: Pair) => newest > this.back;
  run(pair: Pair): void {
    const target = targetFor(pair, this.kind, this.y);
    const index = pair.newest - this.back;
    expectSame(pair, pair.learner.label(index, target), pair.spec.label(index, target));
  }
  toString = () => `label(newest − ${this.back}, ${this.kind} [${this.y}])`;
}
class Reset implements fc.Command<Pair, Pair> {
  check = () => true;
  run(pair: Pair): void {
    expectSame(pair, pair.learner.reset(), pair.spec.reset());
    pair.newest = 0;
  }
  toString = () => 'reset()';
}
class SetWeights implements fc.Command<Pair, Pair> {
  constructor(readonly seed: number) {}
  check = () => true;
  run({ model, spec }: Pair): void {
    draw(model, this.seed);
    spec.setWeights(specWeightsOf(model));
  }
  toString = () => `setWeights(drawn from ${this.seed})`;
}
class Keep implements fc.Command<Pair, Pair> {
  check = () => true;
  run(pair: Pair): void {
    pair.kept = { back: pair.spec.mark(), snapshot: pair.learner.snapshot(), newest: pair.newest };
  }
  toString = () => 'snapshot()';
}
class GoBack implements fc.Command<Pair, Pair> {
  check = ({ kept }: Pair) => kept !== undefined;
  run(pair: Pair): void {
    const { kept } = pair;
    if (!kept) return;
    kept.back();
    pair.learner.restore(kept.snapshot);
    pair.newest = kept.newest;
    expectSame(pair, { updated: false }, { updated: false });
  }
  toString = () => 'restore()';
}

const given = fc.constantFrom('full', 'full', 'masked', 'part') satisfies fc.Arbitrary<Label>;
const samples = fc.array(
  fc.record({ x: numbers, kind: fc.oneof({ weight: 2, arbitrary: given }, fc.constant<Label>('none')), y: numbers }),
  { minLength: 1, maxLength: 10, size: 'max' },
);
const commands = fc.commands(
  [
    samples.map((drawn) => new Steps(drawn)),
    samples.map((drawn) => new Steps(drawn)),
    fc.tuple(fc.nat(8), given, numbers).map(([back, kind, y]) => new LabelLate(back, kind, y)),
    fc.constant(new Reset()),
    fc.nat(1000).map((seed) => new SetWeights(seed)),
    fc.constant(new Keep()),
    fc.constant(new GoBack()),
  ],
  { maxCommands: 30, size: 'max' },
);

describe('the kernels and the specification, through the same random commands', () => {
  it.each(Object.entries(judged))('%s', async (_, given) => {
    using first = await createModel({ input: 1, layers: [lstm(1)] });
    const { runtime } = first;
    const inUse = runtime.heap.bytesInUse;
    fc.assert(
      fc.property(setup, commands, (drawn, run) => {
        const pair = openPair(runtime, drawn, given);
        try {
          fc.modelRun(() => ({ model: pair, real: pair }), run);
        } finally {
          pair.learner.dispose();
          pair.model.dispose();
        }
      }),
      // One seed: at a corner of relu, mae or pinball float32 and float64 may rightly differ, once in very many runs.
      { numRuns: 25, seed: Number(process.env.SPEC_SEED ?? 1) },
    );
    expect(runtime.heap.bytesInUse).toBe(inUse);
  });
});
