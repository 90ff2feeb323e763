// A worker with tfjs code of its own beside eddy.
import * as tf from '@tensorflow/tfjs-core';
import { createModel, lstm } from 'rx-eddy';
import { sequence } from 'rx-eddy/tfjs';

export default {
  async fetch() {
    const model = await createModel({ input: 1, layers: [lstm(4)] });
    await tf.setBackend('wasm');
    const tensor = tf.tensor1d([1, 2, 3]);
    const address = tf.backend().dataIdMap.get(tensor.dataId).address;
    return Response.json({
      backend: tf.getBackend(),
      product: tf.matMul([[1, 2]], [[3], [4]]).dataSync()[0],
      gradient: tf.grad((x) => tf.sum(sequence(model, x).output))(tf.ones([3, 1])).shape,
      data: [...tensor.dataSync()],
      onHeap: [...model.runtime.heap.f32.subarray(address >> 2, (address >> 2) + 3)],
    });
  },
};
