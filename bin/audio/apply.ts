import { resolve } from 'node:path';
import { SoundPlayer } from '../../src/audio/soundPlayer.js';
import { createBareRuntime, createModelOn, loadKernels } from '../../src/bare.js';
import { EddyError } from '../../src/core/errors.js';
import { createClock } from './clock.js';
import { readPedal } from './pedal.js';
import { readWav } from './readWav.js';
import { describeFormat } from './wavFormat.js';
import { writeWav } from './writeWav.js';

export interface ApplyOptions {
  anyRate: boolean;
}

/** What `eddy audio apply` does. */
export async function apply(path: string, from: string, to: string, { anyRate }: ApplyOptions): Promise<void> {
  if (to !== '-' && [path, from].some((read) => resolve(read) === resolve(to))) {
    throw new EddyError('invalid-option', `apply: the output must be a file of its own, got ${to} twice; name another`);
  }
  const pedal = await readPedal(path);
  const input = await readWav(from);
  const { format } = input;
  if (pedal.sampleRate !== undefined && pedal.sampleRate !== format.sampleRate && !anyRate) {
    throw new EddyError(
      'invalid-option',
      `apply: ${input.name} must have the pedal's ${pedal.sampleRate} samples a second, it has ${format.sampleRate}; resample it, or pass --any-rate`,
    );
  }
  const model = createModelOn(createBareRuntime(await loadKernels()), pedal.spec);
  model.setWeights(pedal.weights);
  using player = new SoundPlayer(model, format.channels);
  const output = await writeWav(to, format);
  const clock = createClock(format.sampleRate);
  let samples = 0;
  try {
    for await (const planes of input.chunks()) {
      player.play(planes, planes);
      samples += planes[0].length;
      await output.write(planes);
    }
  } finally {
    // What was read before an error has been played: it stays a file that can be heard.
    await output.close();
    process.stderr.write(
      `${(samples / format.sampleRate).toFixed(2)} s of ${describeFormat(format)}, ${clock.timesRealTime(samples).toFixed(1)} × real time\n`,
    );
    if (player.invalid > 0) warn(`${player.invalid} samples were not finite; the ones before them were played instead`);
    if (output.clipped > 0)
      warn(`${output.clipped} samples went beyond full scale and were cut off; write 32-bit float`);
  }
}

const warn = (text: string) => process.stderr.write(`eddy: ${text}\n`);
