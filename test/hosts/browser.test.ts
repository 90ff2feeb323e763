import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { build, createServer } from 'vite';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { bundle } from '../../tools/bundle.mjs';
import { openChromium } from '../../tools/chromium.mjs';
import { STRICT, serve } from '../../tools/serve.mjs';
import { expectQuickStart, LINES, quickStart } from './quickStart.js';

const installed = inject('installed');
const pages = join(installed, 'pages');
const closing: (() => unknown)[] = [];
let chromium: Browser;

/** The README's program, and the same in a Web Worker, which prints its lines when it is done. */
const app = () => `${quickStart().program}
const worker = new Worker(new URL('./worker.mjs', import.meta.url), { type: 'module' });
worker.onmessage = ({ data }) => console.info(JSON.stringify(data));
`;

beforeAll(async () => {
  cpSync(fileURLToPath(new URL('pages', import.meta.url)), pages, { recursive: true });
  writeFileSync(join(pages, 'app.mjs'), app());
  chromium = await openChromium();
});
afterAll(async () => {
  for (const close of closing.reverse()) await close();
  await chromium?.close();
});

/** What a page prints until `enough`, or the first thing that went wrong. */
async function printed(url: string, enough: (logs: string[], infos: string[]) => boolean) {
  const page: Page = await chromium.newPage();
  const logs: string[] = [];
  const infos: string[] = [];
  await new Promise<void>((resolve, reject) => {
    page.on('pageerror', reject);
    // vite's development server reloads a page when it has found another dependency.
    page.on('domcontentloaded', () => {
      logs.length = 0;
      infos.length = 0;
    });
    page.on('console', (message) => {
      // A page's icon is the browser's own wish.
      if (message.type() === 'error' && !message.location().url.endsWith('/favicon.ico'))
        reject(new Error(`${message.text()} ${message.location().url}`));
      if (message.type() === 'log') logs.push(message.text());
      if (message.type() === 'info') infos.push(message.text());
      if (enough(logs, infos)) resolve();
    });
    page.goto(url).catch(reject);
  });
  await page.close();
  return { logs, infos };
}

async function expectApp(url: string) {
  const { logs, infos } = await printed(url, (lines, [worker]) => lines.length >= LINES && worker !== undefined);
  expectQuickStart(logs);
  expectQuickStart(JSON.parse(infos[0]));
}

describe('the packed package in Chromium', () => {
  it("runs the README's quick start, built by vite, in the page and in a Web Worker, under a strict policy", async () => {
    const outDir = join(installed, 'built');
    const input = join(pages, 'app.html');
    await build({
      root: pages,
      logLevel: 'error',
      configFile: false,
      worker: { format: 'es' },
      build: { outDir, assetsInlineLimit: 0, target: 'es2022', rolldownOptions: { input } },
    });
    const server = await serve(outDir);
    closing.push(server.close);
    await expectApp(`${server.url}/app.html`);
  });

  it("runs it from vite's development server", async () => {
    const server = await createServer({
      root: pages,
      cacheDir: join(installed, '.vite'),
      logLevel: 'error',
      configFile: false,
      server: { host: '127.0.0.1', port: 0, fs: { allow: [installed] } },
    });
    closing.push(() => server.close());
    await server.listen();
    await expectApp(`${server.resolvedUrls?.local[0]}app.html`);
  });

  describe('without a bundler', () => {
    const page = '/node_modules/rx-eddy/dist/page';
    const plain = `
      import { createModel, lstm } from '${page}/eddy.js';
      const model = await createModel({ input: 1, layers: [lstm(4)], seed: 7 });
      console.log(model.step([0.5], model.openState()).length);
    `;
    const open = async (options?: Parameters<typeof serve>[1]) => {
      const server = await serve(installed, options);
      closing.push(server.close);
      return server.url;
    };
    const firstLog = async (url: string) => (await printed(url, ([log]) => log !== undefined)).logs[0];

    it('runs from a plain module script, under a strict policy', async () => {
      writeFileSync(join(installed, 'plain.js'), plain);
      expect(await firstLog(`${await open()}/plain.html`)).toBe('4');
    });

    it('runs where a server knows no type for .wasm', async () => {
      expect(await firstLog(`${await open({ types: { '.wasm': 'application/octet-stream' } })}/plain.html`)).toBe('4');
    });

    it('says what must be served where the .wasm files are not', async () => {
      const lost = join(installed, 'lost');
      mkdirSync(join(lost, page), { recursive: true });
      cpSync(join(installed, page), join(lost, page), { recursive: true });
      writeFileSync(
        join(lost, 'plain.js'),
        plain
          .replace('const model = await', 'await')
          .replace('seed: 7 })', 'seed: 7 }).catch(({ code, message }) => console.log(code, message))')
          .replace(/console.log\(model.*/, ''),
      );
      const server = await serve(lost);
      closing.push(server.close);
      const page404 = await chromium.newPage();
      const said = page404.waitForEvent('console', (message) => message.type() === 'log');
      await page404.goto(`${server.url}/plain.html`);
      expect((await said).text()).toMatch(/^host eddy: .*tfjs\.wasm must be served, got 404; /);
      await page404.close();
    });

    it('takes its operators with the rxjs of an import map', async () => {
      await bundle({
        host: 'browser',
        entries: { rxjs: join(installed, 'node_modules/rxjs/dist/esm/index.js') },
        outdir: join(installed, 'flat'),
      });
      const map = JSON.stringify({ imports: { rxjs: '/flat/rxjs.js' } });
      const hash = createHash('sha256').update(map).digest('base64');
      writeFileSync(
        join(installed, 'operators.html'),
        `<!doctype html><script type="importmap">${map}</script><script type="module" src="operators.js"></script>`,
      );
      writeFileSync(
        join(installed, 'operators.js'),
        quickStart()
          .program.replace("'rx-eddy'", `'${page}/eddy.js'`)
          .replace("'rx-eddy/operators'", `'${page}/operators.js'`),
      );
      const url = await open({ csp: STRICT.replace("'self' 'wasm", `'self' 'sha256-${hash}' 'wasm`) });
      const { logs } = await printed(`${url}/operators.html`, (lines) => lines.length >= LINES);
      expectQuickStart(logs);
    });
  });

  it('refuses an entry that needs Node, when the page is built', async () => {
    writeFileSync(join(pages, 'wrong.mjs'), "import 'rx-eddy/node';");
    const wrong = build({
      root: pages,
      logLevel: 'silent',
      configFile: false,
      build: { write: false, rolldownOptions: { input: join(pages, 'wrong.mjs') } },
    });
    await expect(wrong).rejects.toThrow(/rx-eddy/);
  });
});
