import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openChromium } from '../../tools/chromium.mjs';
import { expectText, keep, openPage, PHONE } from './dashboardPage.js';
import { buildDemo, newFolder, removeFolder, type SensorServer, startServer } from './sensorServer.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const folder = newFolder();
let chromium: Browser;
let replaying: SensorServer;
let waiting: SensorServer;

beforeAll(async () => {
  buildDemo();
  chromium = await openChromium();
  replaying = await startServer(`${folder}/replaying`, '--speed', '50');
  waiting = await startServer(`${folder}/waiting`, '--no-replay');
});
afterAll(async () => {
  await chromium?.close();
  await replaying?.stop();
  await waiting?.stop();
  removeFolder(folder);
});

/** What axe finds on the page as it stands, each with the place where it is. */
async function found(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const { violations, passes } = await page.evaluate<AxeResults>('axe.run()');
  // Rules that found something to look at and were content: it did look.
  expect(passes.length).toBeGreaterThan(10);
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`),
  );
}

const DESKTOP: BrowserContextOptions = { viewport: { width: 1360, height: 900 } };

describe.each(['light', 'dark'] as const)('in %s, axe finds nothing', (colorScheme) => {
  describe.each(Object.entries({ desktop: DESKTOP, phone: PHONE }))('on a %s', (size, options) => {
    const open = (url: string) => openPage(chromium, url, { ...options, colorScheme });

    it('on the board, with all that opens opened, and nothing is wider than the screen', async () => {
      const { page } = await open(replaying.url);
      await expectText(page, '#cells tbody td:nth-child(2)', /\d/);
      await page.getByRole('button', { name: 'Snapshot weights' }).click();
      await page.getByRole('button', { name: 'Roll back' }).waitFor();
      for (const summary of ['Send your own', 'The last rows as a table']) await page.getByText(summary).click();
      expect(await found(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
      await keep(page, `board-${size}-${colorScheme}`);
      await page.close();
    });

    it('on the empty page', async () => {
      const { page } = await open(waiting.url);
      await page.getByRole('heading', { name: 'No sensor has sent anything yet' }).waitFor();
      expect(await found(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
      await page.close();
    });

    it('on the phone’s page', async () => {
      const { page } = await open(new URL('phone', replaying.url).href);
      expect(await found(page)).toEqual([]);
      await keep(page, `phone-${size}-${colorScheme}`);
      await page.close();
    });
  });
});

describe('with a keyboard alone', () => {
  it('the first stop skips to the forecast, and a sensor is chosen with Enter', async () => {
    const { page } = await openPage(chromium, replaying.url, DESKTOP);
    await expectText(page, '#lead', /./);
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the forecast');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
    const second = page.locator('.sensor-lead').nth(1);
    await second.focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => second.getAttribute('aria-current')).toBe('true');
    await page.close();
  });
});

describe('where motion is not wanted', () => {
  it('nothing moves by itself', async () => {
    const { page } = await openPage(chromium, replaying.url, { ...DESKTOP, reducedMotion: 'reduce' });
    await expectText(page, '#readout .key-forecast dd', /\d/);
    await page.waitForTimeout(1500);
    expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
    expect(await page.locator('#whirl').evaluate((whirl) => getComputedStyle(whirl).rotate)).toBe('none');
    await page.close();
  });
});
