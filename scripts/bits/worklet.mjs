// In an AudioWorklet: no fetch, no crypto, no promise to wait for; the compiled kernels come with the options.
import * as eddy from 'rx-eddy/bare';
import { cells, losses, optimizers } from '../../dist/src/runtime/kernels.generated.js';
import { casesOf } from './cases.mjs';
import { runCase } from './run.mjs';

registerProcessor(
  'bits',
  class extends AudioWorkletProcessor {
    constructor({ processorOptions: { kernels, steps } }) {
      super();
      try {
        const runtime = eddy.createBareRuntime(kernels);
        const cases = casesOf(eddy, { cells, losses, optimizers });
        this.port.postMessage(
          cases.map((one) => ({
            name: one.name,
            floats: runCase(eddy, eddy.createModelOn(runtime, one.spec), one, steps),
          })),
        );
      } catch (error) {
        this.port.postMessage({ error: String(error) });
      }
    }

    process() {
      return false;
    }
  },
);
