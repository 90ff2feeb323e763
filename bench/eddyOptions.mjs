// The one network and way of learning that the workloads of eddy alone share.
import * as eddy from '../dist/src/index.js';
import { CLIP, RATE, WINDOW } from './workloads.mjs';

export const createModelOn = (units, layers = 1) =>
  eddy.createModel({
    input: 1,
    layers: Array.from({ length: layers }, () => eddy.lstm(units)),
    output: eddy.dense(1),
    seed: 7,
  });

export const learning = (k1 = WINDOW, k2 = WINDOW) => ({
  k1,
  k2,
  loss: eddy.mse,
  optimizer: eddy.adam(RATE),
  clipNorm: CLIP,
});

/** Samples to go round; a power of two. */
export const samples = Array.from({ length: 1024 }, (_, t) => Float32Array.of(0.8 * Math.sin(0.1 * t)));
