import { cells, losses, optimizers } from '../../dist/src/runtime/kernels.generated.js';
import { casesOf } from './cases.mjs';

/** Numbers from −0.5 to 0.5, all exact: Marsaglia's xorshift32 (2003), its upper 24 bits. */
function numbers(seed) {
  let x = seed;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 8) / 2 ** 24 - 0.5;
  };
}

const samples = { numbers: (next) => next(), symbols: (next) => Math.floor((next() + 0.5) * 11) };
const targets = {
  numbers: (next, width) => Array.from({ length: width }, next),
  bits: (next, width) => Array.from({ length: width }, () => (next() > 0 ? 1 : 0)),
  class: (next, width) => Math.floor((next() + 0.5) * width),
  hidden: (next, width) => Array.from({ length: width }, next),
};

/**
 * All cases: at each step one prediction on a state of its own, and one step of a learner on the same weights.
 *
 * @param {object} eddy `rx-eddy` or `rx-eddy/bare`
 * @param {(spec: object) => object | Promise<object>} open
 * @param {number} steps
 * @returns {Promise<{ name: string, floats: Float32Array }[]>} of each case all outputs, then weights and states
 */
export async function runCases(eddy, open, steps) {
  const results = [];
  for (const one of casesOf(eddy, { cells, losses, optimizers })) {
    results.push({ name: one.name, floats: runCase(eddy, await open(one.spec), one, steps) });
  }
  return results;
}

/** One case, at once: where there is nothing to wait for. */
export function runCase(eddy, model, { options, target = 'numbers', samples: kind = 'numbers', rows = 1 }, steps) {
  const next = numbers(20261124);
  const state = model.openState(rows);
  const learner = eddy.createLearner(model, { ...options, state: model.openState(rows) });
  const width = rows * options.loss.targetWidth(model.output, model.spec.output);
  const size = rows * model.output;
  const floats = [];
  const all = new Float32Array(steps * size * 2);
  const x = new Float32Array(rows * model.input);
  for (let t = 0; t < steps; t++) {
    for (let i = 0; i < x.length; i++) x[i] = samples[kind](next);
    all.set(model.step(x, state), 2 * t * size);
    all.set(learner.step(x, targets[target](next, width)).output, (2 * t + 1) * size);
  }
  floats.push(all);
  for (const { data } of Object.values(model.weights())) floats.push(data);
  floats.push(...Object.values(state.snapshot()), ...Object.values(learner.state()));
  learner.dispose();
  model.dispose();
  const joined = new Float32Array(floats.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of floats) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/**
 * SHA-256 of each case, and of all of them.
 * @param {{ name: string, floats: Float32Array }[]} results
 * @returns {Promise<{ all: string, cases: [string, string][] }>}
 */
export async function digest(results) {
  const hex = async (bytes) =>
    [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))]
      .map((b) => b.toString(16).padStart(2, '0'))
      .join('');
  const cases = [];
  for (const { name, floats } of results) cases.push([name, await hex(floats)]);
  const joined = await new Blob(results.map(({ floats }) => floats)).arrayBuffer();
  return { all: await hex(joined), cases };
}
