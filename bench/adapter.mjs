// eddy as a contestant of a recurrent-network benchmark: the public model.step and learner.step, from the built package beside it.
import { adam, createModel, dense, createLearner as eddyLearner, gru, lstm, mse } from '../dist/src/index.js';

const layerOf = { gru, lstm };

/** The harness's weights (PyTorch's order; one recurrent bias for GRU) under eddy's names. */
function named({ cell, input, hidden, weights: { gates, wih, whh, b, b2, hw, hb } }) {
  const rows = gates * hidden;
  return {
    'layers.0.weight_ih': { shape: [rows, input], data: wih },
    'layers.0.weight_hh': { shape: [rows, hidden], data: whh },
    'layers.0.bias_ih': { shape: [rows], data: b },
    'layers.0.bias_hh': { shape: [rows], data: cell === 'gru' ? b2 : new Float32Array(rows) },
    'output.weight': { shape: [1, hidden], data: hw },
    'output.bias': { shape: [1], data: hb },
  };
}

async function open(args) {
  const model = await createModel({ input: args.input, layers: [layerOf[args.cell](args.hidden)], output: dense(1) });
  model.setWeights(named(args));
  return model;
}

const withDispose = (call, ...owned) =>
  Object.assign(call, {
    dispose() {
      for (const thing of owned) thing.dispose();
    },
  });

export async function createInference(args) {
  const model = await open(args);
  const state = model.openState();
  const out = new Float32Array(1);
  return withDispose((x) => model.step(x, state, out)[0], state, model);
}

export async function createLearner(args) {
  const { window, k1, lr, clip } = args;
  const model = await open(args);
  const learner = eddyLearner(model, {
    k1,
    k2: window,
    loss: mse,
    optimizer: adam(lr, { epsilon: 1e-7 }),
    clipNorm: clip,
  });
  let step;
  let since = 0;
  let sum = 0;
  return withDispose(
    (x, y) => {
      step = learner.step(x, y, step);
      sum += step.scored.loss;
      since++;
      if (!step.updated || step.index < window) return undefined;
      // The loss of the samples since the last update, each scored as it came: with k1 = window, the window's loss.
      const loss = sum / since;
      sum = 0;
      since = 0;
      return loss;
    },
    learner,
    model,
  );
}

export async function createBatch(args) {
  const model = await open(args);
  const state = model.openState(args.batch);
  const out = new Float32Array(args.batch);
  return withDispose((x) => model.step(x, state, out), state, model);
}
