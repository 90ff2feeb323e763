// What `node demos/audio/scripts/worklet.mjs` runs: a minute of sound through the demo's processor in an OfflineAudioContext, how long it takes and what it
// allocates; and how fast the demo's Web Worker learns.
import { soundModel } from 'rx-eddy/audio';
import { createBareRuntime, createModelOn, loadKernels } from 'rx-eddy/bare';
import { definitionOf } from 'rx-eddy/checkpoint';
import { openChromium } from '../../../tools/chromium.mjs';
import { serveOfflinePage } from './offlinePage.mjs';
import { createWorkletHeap } from './workletHeap.mjs';

const SECONDS = 60;
const RATE = 48000;
/** Until then code is interpreted, and a number that leaves a function is an object. */
const WARM_UP = 20;
const PORT = 9377;

const runtime = createBareRuntime(await loadKernels());
const page = await serveOfflinePage();
const browser = await openChromium([`--remote-debugging-port=${PORT}`]);
try {
  console.log(`${SECONDS} s at ${RATE} Hz, pedal and network, in Chromium ${browser.version()}`);
  for (const cell of /** @type {const} */ (['rnn', 'lstm', 'gru'])) {
    const model = createModelOn(runtime, soundModel({ cell }));
    const network = { definition: definitionOf(model.spec), weights: numbers(model.weights()) };
    const tab = await browser.newPage();
    await tab.goto(page.url);
    const heap = await createWorkletHeap(PORT, page.url);
    await tab.exposeFunction('warm', heap.start);
    const milliseconds = await tab.evaluate(
      async ({ network, seconds, rate, warmUp }) => {
        const sound = Float32Array.from({ length: seconds * rate }, (_, t) => 0.4 * Math.sin(t / 17));
        const { milliseconds } = await window.render(network, sound, rate, { at: warmUp, look: window.warm });
        return milliseconds;
      },
      { network, seconds: SECONDS, rate: RATE, warmUp: WARM_UP },
    );
    const bytes = await heap.stop();
    heap.close();
    const learning = await tab.evaluate(
      ({ cell, seconds, rate }) => {
        const sound = Float32Array.from({ length: seconds * rate }, (_, t) => 0.4 * Math.sin(t / 17));
        return window.learn(cell, sound, rate);
      },
      { cell, seconds: 10, rate: RATE },
    );
    await tab.close();
    const quanta = ((SECONDS - WARM_UP) * RATE) / 128;
    console.log(
      `${cell} of 32 units: ${(milliseconds / 1000).toFixed(2)} s, ${((1000 * SECONDS) / milliseconds).toFixed(0)} × real time; ` +
        `\`process\` allocated ${bytes} bytes in ${quanta} calls, after ${WARM_UP} s; ` +
        `the worker learns at ${learning.toFixed(1)} × real time`,
    );
  }
} finally {
  await browser.close();
  page.close();
}

/** Weights as plain arrays: what goes into a page goes as JSON. */
function numbers(weights) {
  return Object.fromEntries(
    Object.entries(weights).map(([name, { shape, data }]) => [name, { shape, data: [...data] }]),
  );
}
