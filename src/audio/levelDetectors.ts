import { exp, log } from '../math/functions.js';
import type { Weights } from '../nn/model/parameters.js';

/** Time constants of the first and the last detector, in seconds: from a fast attack to a slow release. */
const FASTEST = 0.0023;
const SLOWEST = 0.045;
/** How far the gate is closed at silence, in logits beyond 1/τ: what a loud sample must overcome. */
const CLOSED = 3;
/** The gate's logits for a sample of 1, and the factor from there to the dullest and the keenest detector: each has a level of its own. */
const SENSITIVITY = 6;
const SPREAD = 4;

/**
 * Weights whose first half of units starts as a bank of level detectors; the rest as they are. A detector is a leaky integrator (its
 * forget gate at 1 − 1/τ) that a loud half-wave opens, whatever its pitch: h rises with the sound's level and falls with τ. What a pedal
 * does slowly, such as a compressor's release of thousands of samples, is then in the state from the start, where a window of
 * 64 samples can learn from it; otherwise the weights themselves would follow the level, and forget it. Time constants are spread
 * evenly in their logarithm, as in the chrono initialisation (Tallec & Ollivier 2018, arXiv:1804.11188), and so are sensitivities.
 *
 * For an LSTM of one input: i, f and g of those units. A GRU so started learned neither pedal of the demo better, and a memoryless one far
 * worse; a plain RNN has no gate to hold a level with.
 */
export function withLevelDetectors(weights: Weights, sampleRate: number): Weights {
  const copy = Object.fromEntries(
    Object.entries(weights).map(([name, { shape, data }]) => [name, { shape, data: data.slice() }]),
  );
  const [W, U, b] = ['weight_ih', 'weight_hh', 'bias_ih'].map((name) => copy[`layers.0.${name}`].data);
  const H = copy['layers.0.weight_hh'].shape[1];
  const detectors = H >> 1;
  for (let j = 0; j < detectors; j++) {
    const tau = sampleRate * between(FASTEST, SLOWEST, detectors > 1 ? j / (detectors - 1) : 1);
    // Half of them hear positive half-waves; 7 is prime to 8, so that sensitivity does not go with time.
    const gain = (j % 2 ? 1 : -1) * SENSITIVITY * between(1 / SPREAD, SPREAD, ((j * 7) % 8) / 7);
    // PyTorch's rows: i f g o, H of each.
    for (const gate of [0, 1, 2]) {
      W[gate * H + j] = 0;
      U.fill(0, (gate * H + j) * H, (gate * H + j + 1) * H);
    }
    W[j] = gain;
    b[j] = -(log(tau) + CLOSED);
    b[H + j] = log(tau);
    b[2 * H + j] = 1;
  }
  return copy;
}

/** From a to b in equal ratios, at 0 … 1. */
const between = (a: number, b: number, share: number) => a * exp(log(b / a) * share);
