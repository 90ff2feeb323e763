import type { Command } from 'commander';

/** Adds `eddy inspect` to the program. */
export function inspect(program: Command): void {
  program
    .command('inspect')
    .summary('show what a checkpoint or a file of weights holds')
    .description(
      'Shows layers, shapes, parameters, optimizer, samples seen, and the memory and time a sample takes on this machine.',
    )
    .argument('<file>', 'a checkpoint, or any file that eddy convert reads')
    .action(async (file: string) => (await import('../inspect.js')).inspect(file));
}
