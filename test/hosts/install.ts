import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** A folder in which the packed tarball is installed, as a user would have it. */
    installed: string;
    tarball: string;
  }
}

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));

/** Packs the package and installs it in an empty folder, once for all tests of hosts. */
export default async function install({ provide }: TestProject) {
  const installed = await mkdtemp(join(tmpdir(), 'eddy-installed-'));
  await run('npm', ['pack', '--ignore-scripts', '--pack-destination', installed], { cwd: root });
  const tarball = join(installed, (await readdir(installed))[0]);
  await writeFile(join(installed, 'package.json'), '{ "private": true, "type": "module" }');
  const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
  await run('npm', ['install', ...quiet, tarball, 'rxjs@7.8.2', '@tensorflow/tfjs-core@4.22.0'], { cwd: installed });
  provide('installed', installed);
  provide('tarball', tarball);
  return () => rm(installed, { recursive: true });
}
