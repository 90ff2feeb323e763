// What `npm run demo:audio` runs: the page, built and served to this machine. A microphone wants localhost or TLS.
import { preview } from 'vite';
import { buildPage } from './buildPage.mjs';

const outDir = await buildPage();
const server = await preview({
  configFile: false,
  logLevel: 'warn',
  build: { outDir },
  preview: { host: '127.0.0.1', port: Number(process.env.PORT ?? 8040) },
});
console.log(`Learn a sound at ${server.resolvedUrls?.local[0]}`);
