import type { ProcessorOptions } from '../messages.js';
import processor from '../worklet/main.ts?worker&url';

/**
 * A node that plays the pedal and the network on its input: output 0 is what is heard, 1 the pedal, 2 the network, one channel each.
 * In an AudioContext and an OfflineAudioContext alike.
 */
export async function openPedal(context: BaseAudioContext, processorOptions: ProcessorOptions) {
  await context.audioWorklet.addModule(processor);
  return new AudioWorkletNode(context, 'eddy', {
    numberOfInputs: 1,
    numberOfOutputs: 3,
    outputChannelCount: [1, 1, 1],
    channelCount: 1,
    channelCountMode: 'explicit',
    processorOptions,
  });
}
