#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { EddyError } from '../src/core/errors.js';
import * as commands from './commands/index.js';

const USAGE = 2;
const DATA = 1;

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
const program = new Command('eddy')
  .description('Recurrent networks that run and learn inside a stream.')
  .version(version)
  .configureOutput({
    outputError: (text, write) =>
      write(`eddy: ${text.replace(/^error: /, '').trimEnd()} (--help explains the options)\n`),
  })
  .exitOverride();

for (const add of Object.values(commands)) add(program);

// A reader that has seen enough (| head) closes the pipe: that is no failure.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : USAGE;
  } else {
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`eddy: ${message.replace(/^eddy: /, '')}\n`);
    process.exitCode = error instanceof EddyError && error.code === 'invalid-option' ? USAGE : DATA;
  }
}
