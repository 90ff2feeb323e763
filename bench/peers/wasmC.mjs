// native/kernels.h compiled to WebAssembly SIMD: what C by hand reaches inside this engine.
import { readFileSync } from 'node:fs';
import { built } from '../native/build.mjs';

export function load() {
  const module = new WebAssembly.Module(readFileSync(`${built}kernels.wasm`));

  function open(work, { cell, input, hidden, weights, k1 = 1 }, rows) {
    const { exports } = new WebAssembly.Instance(module, {});
    const give = (data) => {
      const address = exports.allocate(data.length);
      new Float32Array(exports.memory.buffer, address, data.length).set(data);
      return address;
    };
    const { wih, whh, b, b2, hw, hb } = weights;
    const gru = cell === 'gru' ? 1 : 0;
    const model = exports.create(work, gru, input, hidden, k1, rows, ...[wih, whh, b, b2, hw, hb].map(give));
    const x = exports.allocate(input * rows);
    return { exports, model, x, slot: new Float32Array(exports.memory.buffer, x, input * rows) };
  }

  return {
    createInference(args) {
      const { exports, model, x, slot } = open(1, args, 1);
      return (sample) => {
        slot.set(sample);
        return exports.step(model, x);
      };
    },
    createLearner(args) {
      const { exports, model, x, slot } = open(2, args, 1);
      return (sample, y) => {
        slot.set(sample);
        const loss = exports.push(model, x, y);
        return loss < 0 ? undefined : loss;
      };
    },
    createBatch(args) {
      const { exports, model, x, slot } = open(3, args, args.batch);
      return (samples) => {
        slot.set(samples);
        return new Float32Array(exports.memory.buffer, exports.steps(model, x), args.batch);
      };
    },
  };
}
