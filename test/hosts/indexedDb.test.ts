import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { bundle } from '../../tools/bundle.mjs';
import { openChromium } from '../../tools/chromium.mjs';
import { serve } from '../../tools/serve.mjs';

const installed = inject('installed');
let chromium: Browser;
let server: Awaited<ReturnType<typeof serve>>;

beforeAll(async () => {
  const pages = join(installed, 'keeping');
  cpSync(fileURLToPath(new URL('pages', import.meta.url)), pages, { recursive: true });
  const outdir = join(pages, 'built');
  await bundle({ host: 'browser', entries: { kept: join(pages, 'kept.mjs') }, outdir });
  server = await serve(outdir);
  chromium = await openChromium();
});
afterAll(async () => {
  server?.close();
  await chromium?.close();
});

interface Line {
  offset?: number;
  index?: number;
  bits?: number;
  end?: string[];
}

/** Opens the page and returns what it said until `enough`; then its renderer is killed, where it has not come to its end. */
async function live(context: BrowserContext, path: string, enough: (lines: Line[]) => boolean): Promise<Line[]> {
  const page: Page = await context.newPage();
  const lines: Line[] = [];
  await new Promise<void>((resolve, reject) => {
    page.on('pageerror', reject);
    page.on('console', (message) => {
      if (message.type() === 'error') return reject(new Error(`${message.text()} ${message.location().url}`));
      lines.push(JSON.parse(message.text()));
      if (enough(lines)) resolve();
    });
    page.goto(`${server.url}${path}`).catch(reject);
  });
  if (!lines.some(({ end }) => end)) {
    const crashed = page.waitForEvent('crash');
    page.goto('chrome://crash').catch(() => {});
    await crashed;
  }
  await page.close();
  // With what the page still said while it was being killed: its store may know of it.
  return lines;
}

it('goes on bit for bit after its page has crashed, from what IndexedDB kept, and refuses the second of two writers', async () => {
  const context = await chromium.newContext();
  const ended = (lines: Line[]) => lines.some(({ end }) => end);
  const bits = (lines: Line[]) => new Map(lines.flatMap(({ index, bits }) => (index ? [[index, bits] as const] : [])));
  const whole = bits(await live(context, '/kept.html', ended));
  expect(whole.size).toBe(300);

  const offsets: (number | undefined)[] = [];
  const merged = new Map<number, number | undefined>();
  let last: Line | undefined;
  for (const samples of [70, 60, 80, Number.POSITIVE_INFINITY]) {
    const lines = await live(context, '/kept.html?kept', (said) => said.length > samples || ended(said));
    offsets.push(lines[0].offset);
    for (const [index, value] of bits(lines)) {
      // What comes again is the same again.
      if (merged.has(index)) expect(value).toBe(merged.get(index));
      merged.set(index, value);
    }
    last = lines.at(-1);
  }
  expect(merged).toEqual(whole);
  expect(offsets[0]).toBe(0);
  for (const [run, offset] of offsets.slice(1).entries()) expect(offset).toBeGreaterThan(offsets[run] ?? 0);
  expect(last?.end).toEqual(['invalid-state', 'saved']);
  await context.close();
});
