import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { serve } from '../../../tools/serve.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** A page whose `window.render` plays a sound through the demo's processor in an OfflineAudioContext. */
export async function serveOfflinePage() {
  const outDir = here('../../../build/audio-offline');
  await build({
    root: here('.'),
    base: './',
    configFile: false,
    logLevel: 'error',
    worker: { format: 'es' },
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2022',
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: { input: here('offline.html') },
    },
  });
  const { url, close } = await serve(outDir);
  return { url: `${url}/offline.html`, close };
}
