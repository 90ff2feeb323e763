import { matrixOf, type NamedArrays, type ReferenceState } from '../../src/nn/cells/reference.js';
import type { LossResult, ReferenceTarget as Target } from '../../src/nn/losses/reference.js';
import { type OptimizerReference, zeros } from '../../src/nn/optimizers/reference.js';
import { type DenseWeights, denseReference } from '../../src/nn/readouts/dense/reference.js';
import type { DenseActivation } from '../../src/nn/readouts/readout.js';
import { rowsOfLayers, type SpecLayer } from './layers.js';

export interface SpecWeights {
  layers: NamedArrays[];
  output?: DenseWeights;
}
export interface SpecOptions<O extends { lr: number }, S> {
  layers: SpecLayer[];
  /** The readout's activation; without weights for a readout the last layer's h is the output. */
  output?: DenseActivation;
  weights: SpecWeights;
  /** The first numbers of a sample are added to the outputs. */
  skip?: boolean;
  /** Each layer's units. Left out: as many as its weight_hh has columns. */
  units?: number[];
  /** The state before sample 1; zeros unless given, and after every reset. */
  state?: ReferenceState[];
  k1: number;
  k2: number;
  /** `logits`: the loss reads the readout before its activation. */
  loss: {
    of(output: number[], target: Target): LossResult | undefined;
    logits?: boolean;
    /** The gradient of a loss that is a window's own, not the mean of its samples'. */
    ofWindow?(outputs: number[][], targets: (Target | undefined)[]): number[][] | undefined;
  };
  optimizer: { rule: OptimizerReference<O, S>; options: O };
  clipNorm?: number;
  clipValue?: number;
  maxLag: number;
  /** Only every n-th update is made. */
  updateEvery?: number;
  /** The learning rate's factor at update 1, 2, …. */
  schedule?: (update: number) => number;
}
/** What a sample or a label brought about. */
export interface Learnt {
  /** The prediction whose target has just come. */
  scored?: { index: number; output: number[]; target: Target; loss: number };
  updated: boolean;
  /** The norm before any clipping. */
  gradientNorm?: number;
}
export interface Sample {
  x: number[];
  /** Every layer's state before the sample, as streaming computed it. */
  before: ReferenceState[];
  /** The prediction made at the sample, and what the loss reads of it. */
  output: number[];
  read: number[];
  target?: Target;
}

/** All rows of all weights, in one order; a change of a row is a change of the weights. */
const rowsOf = ({ layers, output }: SpecWeights): number[][] => [
  ...rowsOfLayers(layers),
  ...(output ? [...output.weight, output.bias] : []),
];
const norm = (g: number[]) => Math.sqrt(g.reduce((sum, v) => sum + v * v, 0));

/** Online TBPTT(k1, k2) as defined, nothing saved, nothing clever: what the learner is held to. One row. */
export function createSpecLearner<O extends { lr: number }, S>(options: SpecOptions<O, S>) {
  const { layers, output = 'linear', k1, k2, loss, optimizer, maxLag } = options;
  const { clipNorm = Infinity, clipValue = Infinity, schedule = () => 1, updateEvery = 1 } = options;
  const units = options.units ?? options.weights.layers.map((l) => matrixOf(l, 'weight_hh')[0].length);
  const zeroState: ReferenceState[] = units.map((n) => ({ h: zeros(n) }));
  const samples: Sample[] = [];
  let now = structuredClone({
    weights: options.weights,
    state: options.state ?? zeroState,
    samples,
    newestLabel: 0,
    optimizer: optimizer.rule.start(rowsOf(options.weights).flat().length),
    frozen: false,
    passedOver: 0,
    skipped: 0,
    counts: { updates: 0, unlabelled: 0, nonFinite: 0, late: 0 },
  });

  /** One sample through the stack, with today's weights. */
  function run(x: number[], state: ReferenceState[]) {
    let signal = x;
    const steps = layers.map((layer, l) => {
      const step = layer.run(now.weights.layers[l], signal, state[l]);
      signal = step.state.h;
      return step;
    });
    const readout = now.weights.output && denseReference.forward(now.weights.output, signal, output);
    const skip = (values: number[]) => (options.skip ? values.map((value, i) => value + x[i]) : values);
    const read = skip((loss.logits ? readout?.logits : readout?.output) ?? signal);
    return { steps, readout, output: skip(readout?.output ?? signal), read, state: steps.map((step) => step.state) };
  }

  /** The gradient of the mean loss over the labelled samples of the window that ends at the front, none into its first state. */
  function windowGradient(): number[] | undefined {
    const window = now.samples.slice(now.newestLabel - Math.min(k2, now.newestLabel), now.newestLabel);
    let state = window[0].before;
    const passes = window.map(({ x, target }) => {
      const pass = run(x, state);
      state = pass.state;
      return { ...pass, loss: target === undefined ? undefined : loss.of(pass.read, target) };
    });
    const labelled = passes.filter((pass) => pass.loss).length;
    if (labelled === 0) return undefined;
    const along = loss.ofWindow?.(
      passes.map(({ read }) => read),
      window.map(({ target }) => target),
    );
    const slopes = passes.map(
      (pass, t) => along?.[t] ?? pass.loss?.gradient.map((d) => d / labelled) ?? zeros(pass.read.length),
    );

    let total = zeros(rowsOf(now.weights).flat().length);
    const dState: ReferenceState[] = [...zeroState];
    for (let t = passes.length - 1; t >= 0; t--) {
      const [pass, dRead] = [passes[t], slopes[t]];
      const backward = loss.logits ? denseReference.backwardLogits : denseReference.backward;
      const dense = now.weights.output && pass.readout && backward(now.weights.output, pass.readout, dRead);
      const weights: SpecWeights = { layers: [], ...(dense && { output: dense.weights }) };
      let dh = dense?.x ?? dRead;
      for (let l = layers.length - 1; l >= 0; l--) {
        const later = dState[l];
        const gradients = pass.steps[l].backward({ ...later, h: later.h.map((d, u) => d + dh[u]) });
        dState[l] = gradients.state;
        dh = gradients.x;
        weights.layers[l] = gradients.weights;
      }
      const flat = rowsOf(weights).flat();
      total = total.map((sum, i) => sum + flat[i]);
    }
    return total;
  }

  /** The time of an update: frozen, it is left out; decimated, all but the n-th are. */
  function attempt(): Learnt {
    if (now.frozen || ++now.passedOver < updateEvery) {
      now.skipped++;
      return { updated: false };
    }
    now.passedOver = 0;
    return update();
  }

  function update(): Learnt {
    const gradient = windowGradient();
    if (!gradient) {
      now.counts.unlabelled++;
      return { updated: false };
    }
    if (!gradient.every(Number.isFinite)) {
      now.counts.nonFinite++;
      return { updated: false };
    }
    const bounded = gradient.map((g) => Math.max(-clipValue, Math.min(clipValue, g)));
    const factor = Math.min(1, clipNorm / (norm(bounded) + 1e-6));
    const rows = rowsOf(now.weights);
    const { parameters, state } = optimizer.rule.step(
      rows.flat(),
      bounded.map((g) => g * factor),
      now.optimizer,
      { ...optimizer.options, lr: optimizer.options.lr * schedule(++now.counts.updates) },
    );
    now.optimizer = state;
    for (const row of rows) row.splice(0, row.length, ...parameters.splice(0, row.length));
    return { updated: true, gradientNorm: norm(gradient) };
  }

  /** A label has come: score the prediction that was made for it, move the front, learn when it has passed a multiple of k1. */
  function take(index: number, target: Target): Learnt {
    const sample = now.samples[index - 1];
    sample.target = target;
    const lossOf = loss.of(sample.read, target);
    const from = now.newestLabel;
    now.newestLabel = Math.max(from, index);
    const learnt = Math.floor(now.newestLabel / k1) > Math.floor(from / k1) ? attempt() : { updated: false };
    return { ...(lossOf && { scored: { index, output: sample.output, target, loss: lossOf.loss } }), ...learnt };
  }

  return {
    /** A target of NaN is a masked one: it moves the front and teaches nothing. */
    step(x: number[], target?: Target): Learnt & { index: number; output: number[] } {
      const pass = run(x, now.state);
      now.samples.push({ x, before: now.state, output: pass.output, read: pass.read });
      now.state = pass.state;
      const index = now.samples.length;
      return { index, output: pass.output, ...(target === undefined ? { updated: false } : take(index, target)) };
    },
    /** A label for a sample that has been: dropped and counted when it comes more than maxLag samples later. */
    label(index: number, target: Target): Learnt {
      if (!now.samples[index - 1]) throw new RangeError(`label: there is no sample ${index}`);
      if (now.samples.length - index <= maxLag) return take(index, target);
      now.counts.late++;
      return { updated: false };
    },
    /** Ends the sequence, as completion does: full BPTT learns now. Time starts at 1 again; weights and optimizer go on. */
    reset(): Learnt {
      const learnt = k1 === Infinity && now.newestLabel > 0 ? attempt() : { updated: false };
      now = { ...now, samples: [], newestLabel: 0, state: structuredClone(zeroState) };
      return learnt;
    },
    /** The next step and the next window use these; kept states stay as they were computed, the optimizer goes on. */
    setWeights(weights: SpecWeights) {
      now.weights = structuredClone(weights);
    },
    weights: () => structuredClone(now.weights),
    state: () => structuredClone(now.state),
    freeze(frozen: boolean) {
      now.frozen = frozen;
    },
    skipped: () => now.skipped,
    counts: () => ({ ...now.counts }),
    snapshot: () => structuredClone(now),
    restore(from: typeof now) {
      now = structuredClone(from);
    },
  };
}
