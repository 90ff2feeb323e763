import { type Command, Option } from 'commander';
import type { ConvertOptions } from '../convert.js';

// Both are loaded when they are called: `eddy forecast` starts without the importers.

/** Adds `eddy convert` to the program. */
export function convert(program: Command): void {
  program
    .command('convert')
    .summary('turn one framework’s weights into another’s')
    .description(
      'Reads a checkpoint of eddy, a PyTorch state_dict or Keras weights (safetensors), tfjs-layers’ model.json beside its shards,\n' +
        'ONNX, RTNeural or GuitarML JSON, by content, and writes one of them. Whatever it cannot carry over whole it refuses.',
    )
    .argument('<in>', 'the file to read')
    .argument('<out>', 'the file to write')
    .option(
      '--to <format>',
      'what to write; an unknown one is answered with their list (default: by the ending, else eddy)',
    )
    .addOption(
      new Option('--activation <name>', 'of plain RNN layers, which PyTorch and Keras files do not say').choices([
        'tanh',
        'relu',
        'sigmoid',
      ]),
    )
    .addOption(
      new Option('--output-activation <name>', 'of the readout, which PyTorch and Keras files do not say').choices([
        'linear',
        'sigmoid',
        'softmax',
      ]),
    )
    .addOption(
      new Option('--reset-after <value>', 'of Keras GRU layers without a bias, which would tell').choices([
        'true',
        'false',
      ]),
    )
    .action(async (from: string, to: string, options: ConvertOptions) =>
      (await import('../convert.js')).convert(from, to, options),
    );
}
