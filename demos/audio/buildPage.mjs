import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** Builds the page by vite, into a folder that any server can serve; says where that is. */
export async function buildPage() {
  const outDir = here('../../build/demos/audio');
  await build({
    root: here('page'),
    base: './',
    configFile: false,
    logLevel: 'warn',
    worker: { format: 'es' },
    // A policy that forbids what is inline forbids data: fonts and icons too.
    build: { outDir, emptyOutDir: true, target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  });
  return outDir;
}
