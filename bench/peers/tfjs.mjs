// The cell written in tfjs ops, on its WASM backend with one thread: as few ops as we could make of it (gates in one product over
// [x, h], bias fused in), the state kept as tensors, everything else in tidy.
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { CLIP, RATE } from '../workloads.mjs';

const require = createRequire(import.meta.url);

/** tfjs on wasm. `union`: the package whose Node build registers gradients and chained ops, which core's own leaves out. */
export async function startTfjs({ union = false } = {}) {
  const tf = require('@tensorflow/tfjs-core');
  const wasm = require('@tensorflow/tfjs-backend-wasm');
  if (union) require('@tensorflow/tfjs');
  wasm.setThreadsCount(1);
  wasm.setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json'))}/wasm-out/`);
  await tf.setBackend('wasm');
  await tf.ready();
  return tf;
}

/** PyTorch's [gates·H, n] as tfjs multiplies: [n, gates·H], with the gates in another order. */
export function columns(matrix, n, units, order) {
  const G = order.length * units;
  const out = new Float32Array(n * G);
  order.forEach((from, to) => {
    for (let u = 0; u < units; u++) {
      for (let i = 0; i < n; i++) out[i * G + to * units + u] = matrix[(from * units + u) * n + i];
    }
  });
  return out;
}

export async function load() {
  const tf = await startTfjs();
  const matrix = (data, rows, gates, units) => {
    const order = Array.from({ length: gates }, (_, g) => g);
    return tf.tensor2d(columns(data, rows, units, order), [rows, gates * units]);
  };

  function parameters({ cell, input, hidden: H, weights: { gates, wih, whh, b, b2, hw, hb } }) {
    const W = matrix(wih, input, gates, H);
    const U = matrix(whh, H, gates, H);
    const head = { hw: tf.tensor2d(hw, [H, 1]), hb: tf.tensor1d(hb) };
    if (cell === 'lstm') return { W: tf.concat([W, U], 0), b: tf.tensor1d(b), ...head };
    return { W, U, b: tf.tensor1d(b), b2: tf.tensor1d(b2), ...head };
  }

  const cells = {
    lstm({ W, b }, x, [h, c]) {
      const gates = tf.fused.matMul({ a: tf.concat([x, h], 1), b: W, bias: b });
      const [i, f, g, o] = tf.split(gates, 4, 1);
      const cell = tf.add(tf.mul(tf.sigmoid(f), c), tf.mul(tf.sigmoid(i), tf.tanh(g)));
      return [tf.mul(tf.sigmoid(o), tf.tanh(cell)), cell];
    },
    gru({ W, U, b, b2 }, x, [h]) {
      const [xr, xz, xn] = tf.split(tf.fused.matMul({ a: x, b: W, bias: b }), 3, 1);
      const [hr, hz, hn] = tf.split(tf.fused.matMul({ a: h, b: U, bias: b2 }), 3, 1);
      const n = tf.tanh(tf.add(xn, tf.mul(tf.sigmoid(tf.add(xr, hr)), hn)));
      return [tf.add(n, tf.mul(tf.sigmoid(tf.add(xz, hz)), tf.sub(h, n)))];
    },
  };
  const readout = ({ hw, hb }, h) => tf.fused.matMul({ a: h, b: hw, bias: hb });

  function stepper(args, rows) {
    const p = parameters(args);
    const cell = cells[args.cell];
    let state = Array.from({ length: args.cell === 'lstm' ? 2 : 1 }, () => tf.zeros([rows, args.hidden]));
    const step = (data) => {
      const [y, ...next] = tf.tidy(() => {
        const moved = cell(p, tf.tensor2d(data, [rows, args.input]), state);
        return [readout(p, moved[0]), ...moved];
      });
      tf.dispose(state);
      state = next;
      const numbers = y.dataSync();
      y.dispose();
      return numbers;
    };
    return Object.assign(step, { dispose: () => tf.dispose([p, state]) });
  }

  function learner(args) {
    require('@tensorflow/tfjs');
    const { input, hidden: H, window, k1 } = args;
    const start = { ...parameters(args), b2: tf.tensor1d(args.weights.b2) };
    const p = Object.fromEntries(Object.entries(start).map(([name, tensor]) => [name, tf.variable(tensor, true)]));
    const variables = Object.values(p);
    const optimizer = tf.train.adam(RATE, 0.9, 0.999, 1e-7);
    const xs = [];
    const ys = [];
    let states = [[tf.zeros([1, H]), tf.zeros([1, H])]];
    let since = 0;
    let sum = 0;

    /** Runs the window, learns, and gives the window's loss and last state. */
    const update = () =>
      tf.tidy(() => {
        let state = states[0];
        const { value, grads } = tf.variableGrads(() => {
          state = states[0];
          const x = tf.split(
            tf.tensor2d(Float32Array.from(xs.flatMap((row) => [...row])), [xs.length, input]),
            xs.length,
            0,
          );
          const both = { W: p.W, b: tf.add(p.b, p.b2) };
          const hs = x.map((row) => {
            state = cells.lstm(both, row, state);
            return state[0];
          });
          const y = tf.add(tf.matMul(tf.concat(hs, 0), p.hw), p.hb);
          tf.keep(state[0]);
          tf.keep(state[1]);
          return tf.mean(tf.square(tf.sub(y, tf.tensor2d(ys, [ys.length, 1]))));
        }, variables);
        const squares = tf.addN(Object.values(grads).map((g) => tf.sum(tf.square(g))));
        const scale = Math.min(1, CLIP / (Math.sqrt(squares.dataSync()[0]) + 1e-6));
        if (scale < 1) for (const name in grads) grads[name] = tf.mul(grads[name], scale);
        optimizer.applyGradients(grads);
        return { loss: value.dataSync()[0], state };
      });

    const remember = (x, y) => {
      if (xs.length === window) {
        xs.shift();
        ys.shift();
        if (k1 < window) tf.dispose(states.shift());
      }
      xs.push(x);
      ys.push(y);
    };

    if (k1 === window) {
      // No weight changes within the window: its forward pass is the streaming one, and need not run twice.
      return (x, y) => {
        remember(x, y);
        if (++since < k1) return undefined;
        since = 0;
        const { loss, state } = update();
        tf.dispose(states[0]);
        states = [state];
        return loss;
      };
    }
    return (x, y) => {
      remember(x, y);
      const [output, ...next] = tf.tidy(() => {
        const both = { W: p.W, b: tf.add(p.b, p.b2) };
        const moved = cells.lstm(both, tf.tensor2d(x, [1, input]), states.at(-1));
        return [readout(p, moved[0]), ...moved];
      });
      sum += (output.dataSync()[0] - y) ** 2;
      output.dispose();
      if (++since === k1) {
        tf.dispose(update().state);
        states.push(next);
        const loss = sum / since;
        sum = 0;
        since = 0;
        return loss;
      }
      states.push(next);
      return undefined;
    };
  }

  return {
    createInference(args) {
      const step = stepper(args, 1);
      return Object.assign((x) => step(x)[0], { dispose: step.dispose });
    },
    createBatch: (args) => stepper(args, args.batch),
    createLearner: learner,
  };
}
