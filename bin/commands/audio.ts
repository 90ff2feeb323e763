import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ApplyOptions } from '../audio/apply.js';
import type { LearnOptions } from '../audio/learn.js';

// Both are loaded when they are called: `eddy forecast` starts without them.

/** Adds `eddy audio learn` and `eddy audio apply` to the program. */
export function audio(program: Command): void {
  const audio = program.command('audio').summary('learn what a pedal does to a sound, and play through it');
  audio
    .command('learn')
    .summary('learn a pedal, an amplifier or a room from what went in and what came out')
    .description(
      'Reads both files once, sample by sample, and learns from each as it comes. WAV of 16- or 24-bit PCM or 32-bit float, any rate,\n' +
        'mono or stereo (each channel a state of its own, the same weights); both must begin together and be of one length.\n' +
        'What has been learned is saved every few seconds: it stays when a file breaks off.',
    )
    .argument('<dry.wav>', 'what went in; - for standard input')
    .argument('<wet.wav>', 'what came out')
    .requiredOption('--model <pedal.safetensors>', 'the file to write')
    .addOption(new Option('--cell <name>', 'the kind of cell').choices(['lstm', 'gru', 'rnn']).default('lstm'))
    .option('--units <n>', 'units of the cell', countOf, 32)
    .option('--seed <n>', 'of the initial weights', wholeOf, 0)
    .option('--hold-out <share>', 'of the end: not learned, but played and scored', shareOf, 0)
    .option('--continue', 'learn on from the weights in the file', false)
    .action(async (dry: string, wet: string, options: LearnOptions) =>
      (await import('../audio/learn.js')).learn(dry, wet, options),
    );
  audio
    .command('apply')
    .summary('play a sound through a learned pedal')
    .description(
      'Reads a sound, plays it through the pedal and writes it in the same format, as it comes: also in a pipe, with - for in and out.\n' +
        'The pedal is what `eddy audio learn` wrote, or an LSTM or GRU in RTNeural or GuitarML JSON, or any model of one input and output\n' +
        'that eddy reads. A sample that is not finite is replaced by the one before it.',
    )
    .argument('<pedal>', 'the file with the model')
    .argument('<in.wav>', 'the sound; - for standard input')
    .argument('<out.wav>', 'the file to write; - for standard output')
    .option('--any-rate', 'play a sound of another rate than the pedal was learned at: it will sound different', false)
    .action(async (pedal: string, from: string, to: string, options: ApplyOptions) =>
      (await import('../audio/apply.js')).apply(pedal, from, to, options),
    );
}

const wholeOf = (text: string) => numberOf(text, (n) => Number.isSafeInteger(n) && n >= 0, 'a whole number ≥ 0');
const countOf = (text: string) => numberOf(text, (n) => Number.isSafeInteger(n) && n >= 1, 'a whole number ≥ 1');
const shareOf = (text: string) => numberOf(text, (n) => n >= 0 && n < 1, 'from 0 to below 1, e.g. 0.2');

function numberOf(text: string, fits: (n: number) => boolean, rule: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (fits(value)) return value;
  throw new InvalidArgumentError(`It must be ${rule}.`);
}
