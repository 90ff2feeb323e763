import * as tf from '@tensorflow/tfjs-core';
import { adam, createModel, dense, lstm, mse } from 'rx-eddy';
import { learn } from 'rx-eddy/operators';
import { map, range } from 'rxjs';

const model = await createModel({ input: 1, layers: [lstm(32)], output: dense(1), seed: 7 });
const lines = [];
range(0, 25)
  .pipe(
    map((t) => (t % 5) / 5),
    learn(model, { horizon: 1, target: (s) => s, k1: 1, k2: 16, loss: mse, optimizer: adam(1e-3), clipNorm: 1 }),
  )
  .subscribe(({ index, output, scored }) => lines.push([index, output[0], scored?.loss].map(String).join(' ')));
// tfjs's own code beside it, whose kernels come in a script of their own.
await tf.setBackend('wasm');
self.postMessage(tf.matMul([[1, 2]], [[3], [4]]).dataSync()[0] === 11 ? lines : []);
