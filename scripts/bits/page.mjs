// In a page, and, from there, in a Web Worker and an AudioWorklet.
import * as eddy from 'rx-eddy';
import { digest, runCases } from './run.mjs';

window.bits = {
  page: async (steps) => digest(await runCases(eddy, eddy.createModel, steps)),

  worker: (steps) =>
    new Promise((resolve, reject) => {
      const worker = new Worker('webWorker.js', { type: 'module' });
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(message));
      worker.postMessage(steps);
    }),

  worklet: async (steps) => {
    const context = new OfflineAudioContext(1, 128, 48000);
    await context.audioWorklet.addModule('worklet.js');
    const kernels = await eddy.loadKernels();
    const node = new AudioWorkletNode(context, 'bits', { processorOptions: { kernels, steps } });
    const done = new Promise((resolve, reject) => {
      node.port.onmessage = ({ data }) => (data.error ? reject(new Error(data.error)) : resolve(data));
    });
    node.connect(context.destination);
    await context.startRendering();
    return digest(await done);
  },
};
