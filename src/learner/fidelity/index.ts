import { EddyError } from '../../core/errors.js';
import { readSample, type Sample } from '../../core/sample.js';
import { requireCount } from '../../nn/cells/cell.js';
import type { Loss } from '../../nn/losses/loss.js';
import type { ReferenceTarget } from '../../nn/losses/reference.js';
import type { Model } from '../../nn/model/model.js';
import { createReferenceNetwork, type ReferenceNetwork, type ReferencePass } from './network.js';

export interface FidelityOptions {
  readonly loss: Loss;
  /** Samples between updates. Default 1. */
  readonly k1?: number;
  /** The windows to try, e.g. [1, 2, 4, 8, 16]. */
  readonly k2: readonly number[];
}

/** How good TBPTT(k1, k2)'s gradient is. */
export interface Fidelity {
  readonly k1: number;
  readonly k2: number;
  /** Of the angle between it and the true one: 1 the same direction, 0 nothing in common, below 0 uphill. NaN: one of them is zero. */
  readonly cosine: number;
  /** Its norm over the true one's. */
  readonly norm: number;
}

/** Multiply-adds that RTRL may take: some seconds. */
const MOST_WORK = 2e10;

/**
 * Measures what truncation costs on samples of yours, so that k2 is chosen by measurement: the smallest one whose cosine is near 1.
 *
 *     const series = samples.map((x, t) => ({ x, target: next[t] }));
 *     gradientFidelity(model, series, { loss: mse, k2: [1, 2, 4, 8, 16, 32] });   // [{ k1: 1, k2: 1, cosine: 0.41, norm: 0.3 }, …]
 *
 * The weights stay as they are all along. TBPTT's gradient is the sum over its updates, one every k1 samples, each the gradient of the mean
 * loss of the last min(k2, t) samples with the state before them held fixed. The true gradient is that of the very same sum of losses with
 * nothing held fixed: each loss depends on the weights through every sample since the first, whose state is zeros. It is computed forward
 * in time by real-time recurrent learning, S_t = ∂s_t/∂θ = J_t S_{t−1} + ∂s_t/∂θ|s_{t−1}, in float64 (Williams & Zipser 1989, doi
 * 10.1162/neco.1989.1.2.270): for n numbers of state and p parameters n²·p multiply-adds a sample, so for small nets.
 *
 * @param samples one row each; a target left out, or NaN in all of its elements, is no label
 * @throws EddyError `invalid-option`: k1, k2 no whole numbers ≥ 1, a net or a series too large for RTRL, a loss or cell without a float64
 * reference; `invalid-sample`; `disposed`.
 */
export function gradientFidelity(
  model: Model,
  samples: readonly { readonly x: Sample; readonly target?: ReferenceTarget }[],
  { loss, k1 = 1, k2: windows }: FidelityOptions,
): Fidelity[] {
  model.requireOpen('gradientFidelity');
  requireCount('gradientFidelity', 'k1', k1);
  for (const k2 of windows) requireCount('gradientFidelity', 'k2', k2);
  loss.targetWidth(model.output, model.spec.output);
  const { reference } = loss;
  if (!reference || loss.alongTime) {
    throw new EddyError(
      'invalid-option',
      `gradientFidelity: loss must have a float64 reference sample by sample, got ${loss.name}, which has none; take another, e.g. mse`,
    );
  }
  const network = createReferenceNetwork(model);
  const work = network.stateSize * network.stateSize * network.parameters * samples.length;
  if (work > MOST_WORK) {
    throw new EddyError(
      'invalid-option',
      `gradientFidelity: state² × parameters × samples must be at most ${MOST_WORK}, got ${network.stateSize}² × ${network.parameters} × ${samples.length}; take fewer units or samples`,
    );
  }
  let state: number[] = new Array(network.stateSize).fill(0);
  const x = new Float32Array(model.input);
  const steps: Step[] = samples.map(({ x: sample, target }, t) => {
    readSample(sample, model.input, x, 0, 'gradientFidelity', t + 1);
    const pass = network.step(Array.from(x), state);
    state = pass.state;
    const result = target === undefined ? undefined : reference(loss.fused ? pass.logits : pass.output, target);
    return { pass, slope: result && (loss.fused ? { logits: result.gradient } : { output: result.gradient }) };
  });
  const exact = exactGradients(network, steps);
  return windows.map((k2) => {
    const [g, e] = [new Float64Array(network.parameters), new Float64Array(network.parameters)];
    for (let newestLabel = k1; newestLabel <= steps.length; newestLabel += k1) {
      const first = Math.max(0, newestLabel - k2);
      const window = steps.slice(first, newestLabel);
      const labelled = window.filter(({ slope }) => slope).length;
      if (labelled === 0) continue;
      truncated(window, 1 / labelled, g);
      for (let t = first; t < newestLabel; t++) if (steps[t].slope) add(e, 1 / labelled, exact[t]);
    }
    const norm = length(e);
    return { k1, k2, cosine: dot(g, e) / (length(g) * norm), norm: length(g) / norm };
  });
}

interface Step {
  pass: ReferencePass;
  /** Of the sample's loss; undefined: no label. */
  slope: { logits: number[] } | { output: number[] } | undefined;
}

/** ∂ℓ_t/∂θ through all samples before, for every labelled t: RTRL. */
function exactGradients({ stateSize, parameters }: ReferenceNetwork, steps: readonly Step[]): Float64Array[] {
  const sensitivity = () => Array.from({ length: stateSize }, () => new Float64Array(parameters));
  let S = sensitivity();
  return steps.map(({ pass, slope }) => {
    const gradient = new Float64Array(parameters);
    if (slope) {
      const back = pass.backward({ ...slope, state: new Array(stateSize).fill(0) });
      gradient.set(back.parameters);
      back.state.forEach((d, j) => {
        add(gradient, d, S[j]);
      });
    }
    const next = sensitivity();
    for (let i = 0; i < stateSize; i++) {
      const unit = Array.from({ length: stateSize }, (_, j) => (j === i ? 1 : 0));
      const back = pass.backward({ state: unit });
      next[i].set(back.parameters);
      back.state.forEach((d, j) => {
        add(next[i], d, S[j]);
      });
    }
    S = next;
    return gradient;
  });
}

/** Adds the gradient of weight · Σ ℓ over a window, none into the state before it. */
function truncated(window: readonly Step[], weight: number, total: Float64Array): void {
  let dState: number[] = window[0].pass.state.map(() => 0);
  for (let t = window.length - 1; t >= 0; t--) {
    const { pass, slope } = window[t];
    const back = pass.backward({ ...slope, state: dState });
    add(total, weight, back.parameters);
    dState = back.state;
  }
}

function add(total: Float64Array, factor: number, values: ArrayLike<number>): void {
  if (factor === 0) return;
  for (let k = 0; k < total.length; k++) total[k] += factor * values[k];
}

const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, v, k) => sum + v * b[k], 0);
const length = (a: Float64Array) => Math.sqrt(dot(a, a));
