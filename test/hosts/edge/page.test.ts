import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildWorker } from '../../../demos/edge-worker/scripts/build.mjs';
import { type Edge, openEdge, TOKEN } from '../../../demos/edge-worker/scripts/openEdge.js';
import { openSource } from '../../../demos/edge-worker/scripts/openSource.js';
import { CHANNELS, readSeries, TRANSFORMER } from '../../../demos/edge-worker/scripts/series.js';
import { openChromium } from '../../../tools/chromium.mjs';

const place = mkdtempSync(join(tmpdir(), 'eddy-fleet-'));
const series = readSeries(TRANSFORMER, CHANNELS[0]);
let edge: Edge;
let chromium: Browser;

beforeAll(async () => {
  const storage = join(place, 'storage');
  mkdirSync(storage);
  await buildWorker(join(place, 'worker'));
  edge = await openEdge({ folder: join(place, 'worker'), storage });
  chromium = await openChromium();
});
afterAll(async () => {
  await chromium?.close();
  edge?.close();
  rmSync(place, { recursive: true, force: true });
});

it('the page lists the fleet and shows one sensor as it learns', { timeout: 120_000 }, async () => {
  for (const name of ['boiler', 'attic']) await edge.postBinary(name, { first: 1, values: series.subarray(0, 50) });
  const sensors = async () => (await (await edge.ask('/fleet')).json()).sensors.length;
  await expect.poll(sensors, { timeout: 30_000 }).toBe(2);

  const page = await chromium.newPage();
  const wrong: string[] = [];
  page.on('pageerror', (error) => wrong.push(error.message));
  page.on('console', (message) => message.type() === 'error' && wrong.push(message.text()));
  await page.goto(edge.url);
  await page.locator('#sensors button').nth(1).waitFor();
  expect(await page.locator('#sensors button').allTextContents()).toEqual(['attic', 'boiler']);
  await page.locator('#sensors button', { hasText: 'boiler' }).click();
  await page.locator('#status', { hasText: 'boiler: live' }).waitFor();

  const source = await openSource(`${edge.url}/sensors/boiler/socket`, TOKEN, series, 50);
  for (let sample = 0; sample < 5; sample++) await source.sendNext();
  source.close();
  const shown = page.locator('#readout dd').first();
  await expect.poll(async () => Number(await shown.textContent()), { timeout: 30_000 }).toBeCloseTo(series[54], 1);
  const drawn = await page.locator('#chart canvas').evaluate((canvas: HTMLCanvasElement) => {
    const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
    return data.some((byte) => byte > 0);
  });
  expect(drawn).toBe(true);
  expect(wrong).toEqual([]);
});
