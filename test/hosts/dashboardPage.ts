import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';

const artefacts = fileURLToPath(new URL('../../build/screenshots', import.meta.url));

export const PHONE: BrowserContextOptions = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };

/** A page of the demo, and what its console complained of; `forgive` is what a test itself brings about. */
export async function openPage(
  chromium: Browser,
  url: string,
  options: BrowserContextOptions & { forgive?: RegExp } = {},
): Promise<{ page: Page; errors: string[] }> {
  const { forgive, ...rest } = options;
  const context = await chromium.newContext(rest);
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    const text = `${message.text()} ${message.location().url}`;
    if (['error', 'warning'].includes(message.type()) && !forgive?.test(text)) errors.push(text);
  });
  await page.goto(url);
  return { page, errors };
}

/** Keeps a picture of the page in build/screenshots. */
export async function keep(page: Page, name: string): Promise<void> {
  mkdirSync(artefacts, { recursive: true });
  await page.screenshot({ path: `${artefacts}/${name}.png`, fullPage: true });
}

/** Waits until a text of the page is as it should be. */
export async function expectText(page: Page, selector: string, text: RegExp): Promise<void> {
  await expect.poll(() => page.locator(selector).first().textContent(), { timeout: 30_000 }).toMatch(text);
}

/** How many of a chart's pixels are of a colour of theme.css, or near it. */
export function pixelsOf(page: Page, chart: string, colour: string): Promise<number> {
  return page.evaluate(
    ([chart, colour]) => {
      const canvas = document.querySelector<HTMLCanvasElement>(`${chart} canvas`);
      if (!canvas) return 0;
      const { width, height } = canvas;
      const copy = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
      if (!copy) return 0;
      copy.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(`--${colour}`);
      copy.fillRect(0, 0, 1, 1);
      const [red, green, blue] = copy.getImageData(0, 0, 1, 1).data;
      copy.clearRect(0, 0, 1, 1);
      copy.drawImage(canvas, 0, 0);
      const { data } = copy.getImageData(0, 0, width, height);
      let count = 0;
      for (let i = 0; i < data.length; i += 4) {
        const far = Math.abs(data[i] - red) + Math.abs(data[i + 1] - green) + Math.abs(data[i + 2] - blue);
        if (data[i + 3] > 200 && far < 30) count++;
      }
      return count;
    },
    [chart, colour],
  );
}
