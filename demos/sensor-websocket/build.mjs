// What npm start runs: the package, the server in one file, the page. Each is built only where a source is newer than it.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));
const at = (path) => join(root, path);
const page = new URL('buildPage.mjs', import.meta.url);

/** When the newest of these files, and of all in these folders, was written; 0 where there is none. */
function newest(paths) {
  const times = paths.map((path) => {
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found) return 0;
    return found.isDirectory() ? newest(readdirSync(path).map((name) => join(path, name))) : found.mtimeMs;
  });
  return Math.max(0, ...times);
}

const older = (made, sources) => newest([at(made)]) < newest(sources.map(at));

// The kernels' descriptions are written into src by the build itself, before what it makes last.
if (older('dist/page/eddy.js', ['src', 'operators', 'bin', 'scripts/build.mjs', 'scripts/kernels.mjs']))
  execFileSync(process.execPath, [at('scripts/build.mjs')], { cwd: root, stdio: 'inherit' });

const programs = ['main', 'load'];
if (older('build/demos/sensor-websocket/main.mjs', ['demos', 'package.json']))
  await build({
    entryPoints: programs.map((name) => at(`demos/sensor-websocket/${name}.ts`)).filter(existsSync),
    outdir: at('build/demos/sensor-websocket'),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: true,
    logLevel: 'error',
  });

if (existsSync(page)) await (await import(page.href)).buildPage();
