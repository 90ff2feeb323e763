import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createLearner, createModel } from '../../src/index.js';
import { bundle } from '../../tools/bundle.mjs';
import { openChromium } from '../../tools/chromium.mjs';
import { serve } from '../../tools/serve.mjs';
import { options, sampleAt, spec } from './worker/options.mjs';

const installed = inject('installed');
const sources = join(installed, 'worker');
const outdir = join(sources, 'built');
let chromium: Browser;
let page: Page;
let close: () => void;

beforeAll(async () => {
  cpSync(fileURLToPath(new URL('worker', import.meta.url)), sources, { recursive: true });
  const entry = (name: string) => [name, join(sources, `${name}.mjs`)] as const;
  await bundle({ host: 'browser', entries: Object.fromEntries(['page', 'learner', 'worklet'].map(entry)), outdir });
  const server = await serve(outdir);
  close = server.close;
  chromium = await openChromium();
  page = await chromium.newPage();
  await page.goto(`${server.url}/page.html`);
  await page.waitForFunction(() => 'worker' in window);
});
afterAll(async () => {
  await chromium?.close();
  close?.();
});

/** The weights that a learner in Node, in its own thread, has after as many samples. */
async function learnedHere(samples: number): Promise<number[]> {
  using model = await createModel(spec);
  const { handOver: _, horizon, ...given } = options;
  using learner = createLearner(model, given);
  for (let t = 0; t < samples; t++) {
    const { index } = learner.step(sampleAt(t));
    if (index > horizon) learner.label(index - horizon, sampleAt(t));
  }
  return Object.values(model.weights()).flatMap(({ data }) => [...data]);
}

describe('a learner in a Web Worker', () => {
  it('has the bits of one in Node, and its weights come in while the page predicts', async () => {
    const samples = 1000;
    const result = await page.evaluate((count) => Reflect.get(window, 'worker').inWorker('learner.js', count), samples);
    expect(result.weights).toEqual(await learnedHere(samples));
    expect(result.index).toBe(samples);
    expect(result.learned).toBeGreaterThan(0);
  });

  it('has them too when an AudioWorklet predicts, over a port of its own', async () => {
    const samples = 128 * 20;
    const result = await page.evaluate((count) => Reflect.get(window, 'worker').inWorklet(count), samples);
    expect(result.counts).toMatchObject({ samples, dropped: 0 });
    expect(result.weights).toEqual(await learnedHere(samples));
  });

  it('is told of when its script is not there', async () => {
    const result = await page.evaluate(() => Reflect.get(window, 'worker').inWorker('nowhere.js', 1000));
    expect(result).toMatchObject({
      name: 'EddyError',
      code: 'host',
      message: expect.stringMatching(/^learnerApart: /),
    });
  });
});
