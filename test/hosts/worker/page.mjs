import { createModel, loadKernels } from 'rx-eddy';
import { learnInWorker } from 'rx-eddy/operators/networks/learnInWorker';
import { concatMap, finalize, last, lastValueFrom, range } from 'rxjs';
import { options, sampleAt, spec } from './options.mjs';

const floatsOf = (weights) => Object.values(weights).flatMap(({ data }) => [...data]);
const pause = () => new Promise((resolve) => setTimeout(resolve, 1));

/** In the page, its learner in the Web Worker of a script: the weights in the end, and of what sample the last ones were on the way. */
async function inWorker(script, samples) {
  const model = await createModel(spec);
  const first = floatsOf(model.weights());
  const isAsAtFirst = () => floatsOf(model.weights()).every((weight, i) => weight === first[i]);
  let isOver = false;
  const paced = range(0, samples).pipe(
    concatMap(async (t) => {
      if (t % 16 === 0) await pause();
      // The last sample waits for weights of the worker, however long that takes: its prediction is made with some.
      while (t === samples - 1 && !isOver && isAsAtFirst()) await pause();
      return sampleAt(t);
    }),
  );
  const worker = () => new Worker(script, { type: 'module' });
  const taught = paced.pipe(
    learnInWorker(model, { ...options, worker, target: (x) => x, until: 'all' }),
    last(),
    finalize(() => {
      isOver = true;
    }),
  );
  try {
    const { index, learned } = await lastValueFrom(taught);
    return { index, learned, weights: floatsOf(model.weights()) };
  } catch ({ name, code, message }) {
    return { name, code, message };
  }
}

/** Predicted in an AudioWorklet, learned in a Web Worker: one port each. */
async function inWorklet(samples) {
  const worker = new Worker('learner.js?ports', { type: 'module' });
  const { port1, port2 } = new MessageChannel();
  worker.postMessage(port2, [port2]);
  const context = new OfflineAudioContext(1, samples, 48000);
  await context.audioWorklet.addModule('worklet.js');
  const node = new AudioWorkletNode(context, 'predicting', { processorOptions: { kernels: await loadKernels() } });
  const answer = () =>
    new Promise((resolve) => {
      node.port.onmessage = ({ data }) => resolve(data);
    });
  node.port.postMessage(port1, [port1]);
  await answer();
  node.connect(context.destination);
  await context.startRendering();
  node.port.postMessage('finish');
  const { error, weights, counts } = await answer();
  worker.terminate();
  return error ?? { counts, weights: floatsOf(weights) };
}

window.worker = { inWorker, inWorklet };
