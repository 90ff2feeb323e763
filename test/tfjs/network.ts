import * as tf from '@tensorflow/tfjs-core';
import type { ModelSpec } from '../../src/nn/model/definition.js';

type Tensors = { readonly [name: string]: tf.Tensor };

/** The same network written in tfjs ops: what `sequence` is held to. x [steps, rows, input]. */
export function networkOfOps({ layers, output, skip }: ModelSpec, x: tf.Tensor, start: Tensors, weights: Tensors) {
  const state: { [name: string]: tf.Tensor } = { ...start };
  const ys = tf.unstack(x).map((sample) => {
    let signal = sample;
    layers.forEach((layer, l) => {
      if ('symbols' in layer) {
        const hot = tf.oneHot(tf.cast(tf.reshape(sample, [-1]), 'int32'), layer.symbols);
        signal = tf.matMul(tf.cast(hot, 'float32'), weights['layers.0.weight']);
        return;
      }
      const { cell, options } = layer;
      const name = `layers.${l}.`;
      const w = (part: string) => weights[name + part];
      const h = state[`${name}h`];
      const a = tf.add(tf.matMul(signal, w('weight_ih'), false, true), w('bias_ih'));
      const s = tf.add(tf.matMul(h, w('weight_hh'), false, true), w('bias_hh'));
      if (cell.name === 'lstm') {
        const [i, f, g, o] = tf.split(tf.add(a, s), 4, 1);
        const c = tf.add(tf.mul(tf.sigmoid(f), state[`${name}c`]), tf.mul(tf.sigmoid(i), tf.tanh(g)));
        state[`${name}c`] = c;
        state[`${name}h`] = tf.mul(tf.sigmoid(o), tf.tanh(c));
      } else if (cell.name === 'gru') {
        const [ar, az, an] = tf.split(a, 3, 1);
        const [sr, sz, sn] = tf.split(s, 3, 1);
        const r = tf.sigmoid(tf.add(ar, sr));
        const z = tf.sigmoid(tf.add(az, sz));
        const H = h.shape[1] ?? 0;
        const Un = tf.slice(w('weight_hh'), [2 * H, 0], [H, H]);
        const bn = tf.slice(w('bias_hh'), [2 * H], [H]);
        const inner = options.resetAfter ? tf.mul(r, sn) : tf.add(tf.matMul(tf.mul(r, h), Un, false, true), bn);
        const n = tf.tanh(tf.add(an, inner));
        state[`${name}h`] = tf.add(tf.mul(z, h), tf.mul(tf.sub(1, z), n));
      } else {
        const activate = { tanh: tf.tanh, relu: tf.relu, sigmoid: tf.sigmoid }[String(options.activation)] ?? tf.tanh;
        state[`${name}h`] = activate(tf.add(a, s));
      }
      signal = state[`${name}h`];
    });
    if (!output) return signal;
    const z = tf.add(tf.matMul(signal, weights['output.weight'], false, true), weights['output.bias']);
    if (skip && output.activation === 'linear') return tf.add(z, tf.slice(sample, [0, 0], [-1, output.units]));
    return { linear: z, sigmoid: tf.sigmoid(z), softmax: tf.softmax(z) }[output.activation];
  });
  return { output: tf.stack(ys), state };
}
