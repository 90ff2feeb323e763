import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { root } from '../house/sources.js';
import { temporaryFiles } from '../temporaryFiles.js';

// Runs the built command: `npm test` builds it first.
vi.setConfig({ testTimeout: 60_000 });

const page = readFileSync(join(root, 'docs/command-line.md'), 'utf8');
const examples = [...page.matchAll(/^```sh\n(.*?)^```\n\n```text\n(.*?)^```\n/gms)].map(([, shell, printed]) => ({
  shell,
  printed,
}));
const { folder, at } = temporaryFiles();
const bin = at('bin');

beforeAll(() => {
  mkdirSync(bin);
  // As npm installs it: under its name, to be run.
  const command = join(bin, 'eddy');
  writeFileSync(command, `#!/bin/sh\nexec '${process.execPath}' '${join(root, 'dist/bin/eddy.js')}' "$@"\n`);
  chmodSync(command, 0o755);
  copyFileSync(join(root, 'data/nab/nyc_taxi.csv'), at('nyc_taxi.csv'));
});

/** The words of an output: its numbers are this run's, and as wide. */
const words = (text: string) => text.replaceAll(/-?\d[\d,.]*/g, '#').replaceAll(/ +/g, ' ');

describe('docs/command-line.md', () => {
  it.each(examples)('prints what it says: $shell', ({ shell, printed }) => {
    const path = `${bin}${delimiter}${process.env.PATH}`;
    const { stdout } = spawnSync('bash', ['-c', `exec 2>&1\n${shell}`], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, PATH: path },
    });
    expect(words(stdout)).toBe(words(printed));
  });

  it('names every command', () => {
    const { stdout } = spawnSync(process.execPath, [join(root, 'dist/bin/eddy.js'), '--help'], { encoding: 'utf8' });
    const commands = [...stdout.matchAll(/^ {2}([a-z]+) .*/gm)]
      .map(([, name]) => name)
      .filter((name) => name !== 'help');
    expect(commands.length).toBeGreaterThan(4);
    for (const name of commands) expect(page).toContain(`\`eddy ${name}\``);
  });
});
