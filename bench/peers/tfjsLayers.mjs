// tfjs-layers with stateful models. Its API forces other semantics: a GRU resets before the product; training does not clip; and with
// k1 < window the next window starts from the end of this one.
import { createRequire } from 'node:module';
import { RATE } from '../workloads.mjs';
import { columns, startTfjs } from './tfjs.mjs';

export async function load() {
  const tf = await startTfjs({ union: true });
  const layers = createRequire(import.meta.url)('@tensorflow/tfjs-layers');

  function open({ cell, input, hidden: units, weights: { wih, whh, b, hw, hb } }, rows, steps) {
    const model = layers.sequential();
    const recurrent = layers.layers[cell]({
      units,
      batchInputShape: [rows, steps, input],
      stateful: true,
      returnSequences: steps > 1,
      recurrentActivation: 'sigmoid',
      recurrentInitializer: 'zeros',
      unitForgetBias: false,
      implementation: 2,
    });
    const dense = layers.layers.dense({ units: 1 });
    model.add(recurrent);
    model.add(dense);
    const order = cell === 'lstm' ? [0, 1, 2, 3] : [1, 0, 2];
    const width = order.length * units;
    recurrent.setWeights([
      tf.tensor2d(columns(wih, input, units, order), [input, width]),
      tf.tensor2d(columns(whh, units, units, order), [units, width]),
      tf.tensor1d(columns(b, 1, units, order)),
    ]);
    dense.setWeights([tf.tensor2d(hw, [units, 1]), tf.tensor1d(hb)]);
    return model;
  }

  function stepper(args, rows) {
    const model = open(args, rows, 1);
    return (data) => {
      const x = tf.tensor3d(data, [rows, 1, args.input]);
      const y = model.predict(x, { batchSize: rows });
      const numbers = y.dataSync();
      tf.dispose([x, y]);
      return numbers;
    };
  }

  return {
    createInference(args) {
      const step = stepper(args, 1);
      return (x) => step(x)[0];
    },
    createBatch: (args) => stepper(args, args.batch),
    createLearner(args) {
      const { input, window, k1 } = args;
      const model = open(args, 1, window);
      model.compile({ optimizer: tf.train.adam(RATE, 0.9, 0.999, 1e-7), loss: 'meanSquaredError' });
      const xs = new Float32Array(window * input);
      const ys = new Float32Array(window);
      let samples = 0;
      return (x, y) => {
        xs.copyWithin(0, input);
        ys.copyWithin(0, 1);
        xs.set(x, (window - 1) * input);
        ys[window - 1] = y;
        if (++samples < window || samples % k1 !== 0) return undefined;
        const X = tf.tensor3d(xs.slice(), [1, window, input]);
        const Y = tf.tensor3d(ys.slice(), [1, window, 1]);
        return model.trainOnBatch(X, Y).then((loss) => {
          tf.dispose([X, Y]);
          return loss;
        });
      };
    },
  };
}
