import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const sources = [here('page'), here('../charts'), here('protocol.ts'), here('buildPage.mjs')];
const folder = here('../../build/demos/dashboard');

/**
 * The dashboard's files in a folder, ready to be served: built by vite unless none of their sources is newer than what stands there.
 *
 * @returns {Promise<{ folder: string, built: boolean, milliseconds: number }>}
 */
export async function buildPage() {
  const start = performance.now();
  const built = newest([join(folder, 'index.html')]) < newest(sources);
  if (built) {
    const { build } = await import('vite');
    await build({
      root: here('page'),
      base: './',
      configFile: false,
      logLevel: 'warn',
      build: {
        outDir: folder,
        emptyOutDir: true,
        target: 'es2022',
        // A policy that forbids what is inline forbids data: fonts and icons too.
        assetsInlineLimit: 0,
        modulePreload: { polyfill: false },
        rolldownOptions: { input: ['index.html', 'phone.html'].map((page) => here(`page/${page}`)) },
      },
    });
  }
  return { folder, built, milliseconds: performance.now() - start };
}

/** When the newest of these files, and of all in these folders, was written; 0 where there is none. */
function newest(paths) {
  return Math.max(
    0,
    ...paths.map((path) => {
      const found = statSync(path, { throwIfNoEntry: false });
      if (!found) return 0;
      return found.isDirectory() ? newest(readdirSync(path).map((name) => join(path, name))) : found.mtimeMs;
    }),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { folder: where, built, milliseconds } = await buildPage();
  console.log(`${where}: ${built ? 'built' : 'up to date'}, ${milliseconds.toFixed(0)} ms`);
}
