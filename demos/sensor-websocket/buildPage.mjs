import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { newest } from '../../tools/newest.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const sources = [here('page'), here('../charts'), here('../page'), here('protocol.ts'), here('buildPage.mjs')];
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

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { folder: where, built, milliseconds } = await buildPage();
  console.log(`${where}: ${built ? 'built' : 'up to date'}, ${milliseconds.toFixed(0)} ms`);
}
