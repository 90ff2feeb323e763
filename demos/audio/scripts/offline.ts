import { loadKernels, type Weights } from 'rx-eddy/bare';
import type { ModelDefinition } from 'rx-eddy/checkpoint';
import { knobs, pedals } from '../dsp/pedals.js';
import type { FromLearner } from '../messages.js';
import { Learner } from '../page/Learner.js';
import { openPedal } from '../page/openPedal.js';

/** A network as it comes through JSON. */
export interface PlainNetwork {
  definition: ModelDefinition;
  weights: Record<string, { shape: number[]; data: number[] }>;
}

/** A pause of the rendering, for whoever wants to look. */
export interface Pause {
  /** Seconds. */
  at: number;
  look: () => Promise<unknown>;
}

/**
 * Plays a sound through the demo's processor in an OfflineAudioContext: what its second output (the pedal) and its third (the network) gave,
 * and how long it took in milliseconds.
 */
async function render(network: PlainNetwork, sound: Float32Array<ArrayBuffer>, sampleRate: number, pause?: Pause) {
  const context = new OfflineAudioContext({ numberOfChannels: 2, length: sound.length, sampleRate });
  const buffer = new AudioBuffer({ length: sound.length, sampleRate });
  buffer.copyToChannel(sound, 0);
  const source = new AudioBufferSourceNode(context, { buffer });
  const node = await openPedal(context, {
    kernels: await loadKernels(),
    network: { definition: network.definition, weights: weightsOf(network) },
    pedal: { name: 'squash', knobs },
  });
  const merger = new ChannelMergerNode(context, { numberOfInputs: 2 });
  source.connect(node);
  node.connect(merger, 1, 0);
  node.connect(merger, 2, 1);
  merger.connect(context.destination);
  source.start();
  let paused = 0;
  if (pause) {
    void context.suspend(pause.at).then(async () => {
      const start = performance.now();
      await pause.look();
      paused = performance.now() - start;
      await context.resume();
    });
  }
  const start = performance.now();
  const rendered = await context.startRendering();
  const milliseconds = performance.now() - start - paused;
  return { pedal: rendered.getChannelData(0), network: rendered.getChannelData(1), milliseconds };
}

/** Learns a pedal in the demo's Web Worker, as fast as it goes: how many times faster than real time, the median of its reports. */
async function learn(cell: string, sound: Float32Array<ArrayBuffer>, sampleRate: number): Promise<number> {
  const speeds: number[] = [];
  const kernels = await loadKernels();
  await new Promise<void>((resolve, reject) => {
    const hear = (message: FromLearner) => {
      if (message.type === 'report') speeds.push(message.timesRealTime);
      else if (message.type === 'learned') resolve();
      else if (message.type === 'failed') reject(new Error(message.message));
    };
    const learner = new Learner(kernels, { cell, units: 32, sampleRate, length: sound.length }, hear);
    learner.learn({ dry: sound, wet: sound.map(pedals.squash(knobs, sampleRate)) });
  });
  return speeds.sort((a, b) => a - b)[speeds.length >> 1];
}

const weightsOf = ({ weights }: PlainNetwork): Weights =>
  Object.fromEntries(
    Object.entries(weights).map(([name, { shape, data }]) => [name, { shape, data: Float32Array.from(data) }]),
  );

declare global {
  interface Window {
    render: typeof render;
    learn: typeof learn;
    warm: () => Promise<unknown>;
  }
}
window.render = render;
window.learn = learn;
