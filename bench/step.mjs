// One LSTM step, 4 inputs and 32 units, one row: eddy's fused kernel beside the same step made of tfjs ops, on the same backend in one run.
//   node bench/step.mjs
import * as tf from '@tensorflow/tfjs-core';
import { createModel, lstm } from '../dist/src/index.js';

const INPUT = 4;
const UNITS = 32;
const ROUNDS = 40;
const EDDY_STEPS = 20_000;
const TFJS_STEPS = 200;

const model = await createModel({ input: INPUT, layers: [lstm(UNITS)], seed: 7 });
await tf.setBackend('wasm');
await tf.ready();

const weights = model.weights();
const tensor = (name) => tf.tensor(weights[name].data, weights[name].shape);
const W = tf.transpose(tensor('layers.0.weight_ih'));
const U = tf.transpose(tensor('layers.0.weight_hh'));
const b = tf.add(tensor('layers.0.bias_ih'), tensor('layers.0.bias_hh'));

/** The same equations in tfjs ops: i f g o, one matrix product for each of W and U. */
function stepOfOps(x, h, c) {
  return tf.tidy(() => {
    const gates = tf.add(tf.add(tf.matMul(tf.tensor2d(x, [1, INPUT]), W), tf.matMul(h, U)), b);
    const [i, f, g, o] = tf.split(gates, 4, 1);
    const next = tf.add(tf.mul(tf.sigmoid(f), c), tf.mul(tf.sigmoid(i), tf.tanh(g)));
    return [tf.mul(tf.sigmoid(o), tf.tanh(next)), next];
  });
}

const samples = Array.from({ length: 64 }, (_, t) =>
  Float32Array.from({ length: INPUT }, (_, i) => Math.sin(t * (i + 1))),
);
const state = model.openState();
const out = new Float32Array(UNITS);
let h = tf.zeros([1, UNITS]);
let c = tf.zeros([1, UNITS]);
function tfjsStep(x) {
  const [nextH, nextC] = stepOfOps(x, h, c);
  tf.dispose([h, c]);
  [h, c] = [nextH, nextC];
}

// Before any timing: do they say the same?
let worst = 0;
for (const x of samples) {
  model.step(x, state, out);
  tfjsStep(x);
  const ops = h.dataSync();
  for (let u = 0; u < UNITS; u++) worst = Math.max(worst, Math.abs(ops[u] - out[u]));
}
if (!(worst < 1e-5)) throw new Error(`the two steps must agree to 1e-5, they differ by ${worst}`);

const microseconds = (step, count) => {
  const started = performance.now();
  for (let k = 0; k < count; k++) step(samples[k & 63]);
  return ((performance.now() - started) * 1000) / count;
};
const eddyStep = (x) => model.step(x, state, out);
const best = { eddy: Number.POSITIVE_INFINITY, tfjs: Number.POSITIVE_INFINITY };
for (let round = 0; round < ROUNDS; round++) {
  best.eddy = Math.min(best.eddy, microseconds(eddyStep, EDDY_STEPS));
  best.tfjs = Math.min(best.tfjs, microseconds(tfjsStep, TFJS_STEPS));
}
const ratio = best.tfjs / best.eddy;
console.log(`largest difference of ${samples.length} steps: ${worst.toExponential(1)}`);
console.log(
  `eddy ${best.eddy.toFixed(3)} µs, tfjs ops ${best.tfjs.toFixed(1)} µs a step (minima of ${ROUNDS} rounds): ${ratio.toFixed(0)} ×`,
);
if (best.eddy > 1 || ratio < 100) {
  console.error('a step must take at most 1 µs, and tfjs ops at least 100 times as long');
  process.exitCode = 1;
}
