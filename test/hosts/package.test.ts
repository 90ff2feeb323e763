import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { describe, expect, inject, it } from 'vitest';

const run = promisify(execFile);
const installed = inject('installed');
const tarball = inject('tarball');
const { resolve } = createRequire(import.meta.url);

type Target = string | null | { readonly [condition: string]: Target };
const manifest: { exports: { [entry: string]: Target } } = JSON.parse(
  await readFile(join(installed, 'node_modules/rx-eddy/package.json'), 'utf8'),
);

describe('the packed package', () => {
  it('has nothing that publint would change', async () => {
    const { messages, pkg } = await publint({
      pkgDir: join(installed, 'node_modules/rx-eddy'),
      strict: true,
      pack: false,
    });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  it('gives every entry its types: are the types wrong?', async () => {
    const attw = join(resolve('@arethetypeswrong/cli/package.json'), '../dist/index.js');
    const check = run(process.execPath, [attw, tarball, '--profile', 'esm-only', '--no-color', '--no-emoji']);
    // It ends with 1 where it finds a problem.
    await expect(check).resolves.toMatchObject({ stdout: expect.stringContaining('"rx-eddy/bare"') });
  });

  const onlyNode = Object.entries(manifest.exports).filter(
    ([, target]) => typeof target === 'object' && target !== null && 'node' in target,
  );

  it.each(onlyNode.map(([entry]) => entry))(
    '%s, which needs Node, fails at the import in another host',
    async (entry) => {
      const name = entry.replace('.', 'rx-eddy');
      const load = (conditions: string[]) =>
        run(process.execPath, [...conditions, '--input-type=module', '-e', `await import('${name}')`], {
          cwd: installed,
        });
      await load([]);
      await expect(load(['--conditions=workerd'])).rejects.toThrow('ERR_PACKAGE_PATH_NOT_EXPORTED');
    },
  );

  it('has entries that need Node', () => expect(onlyNode.length).toBeGreaterThan(0));
});
