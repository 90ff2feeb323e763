import { createBareRuntime, createModelOn } from 'rx-eddy/bare';
import { createWorkerLearner } from 'rx-eddy/worker';
import { options, sampleAt, spec } from './options.mjs';

registerProcessor(
  'predicting',
  class extends AudioWorkletProcessor {
    constructor({ processorOptions: { kernels } }) {
      super();
      const model = createModelOn(createBareRuntime(kernels), spec);
      let t = 0;
      this.port.onmessage = async ({ data }) => {
        if (data !== 'finish') {
          this.apart = createWorkerLearner(model, data, options);
          this.port.postMessage('open');
          return;
        }
        try {
          await this.apart.finish();
          this.port.postMessage({ weights: model.weights(), counts: this.apart.counts });
        } catch (error) {
          this.port.postMessage({ error: String(error) });
        }
      };
      this.next = () => sampleAt(t++);
    }

    process(_, [[channel]]) {
      for (let i = 0; i < channel.length; i++) {
        const x = this.next();
        channel[i] = this.apart.step(x, x).output[0];
      }
      return true;
    }
  },
);
