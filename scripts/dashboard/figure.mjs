// The pictures of the dashboard: npm run docs:dashboard
import { openChromium } from '../hosts/chromium.mjs';
import { startDemo } from './server.mjs';

/** New York's marathon, with the night on which the clocks go back: taxis are asked for as on no other. */
const ROWS = 6050;
/** By then the heat maps are full, and an afternoon is still to be seen. */
const SLOW_MS = 32_000;

const server = await startDemo(['--speed', '400']);
const chromium = await openChromium();
const page = await chromium.newPage({ viewport: { width: 1360, height: 1080 }, colorScheme: 'dark' });
await page.goto(server.url);
const rowsSeen = () =>
  page.evaluate(() => {
    const [said] = /^[\d,]+/.exec(document.querySelector('#score div:last-child dd')?.textContent ?? '') ?? ['0'];
    return Number(said.replaceAll(',', ''));
  });
while ((await rowsSeen()) < ROWS) await page.waitForTimeout(100);
await page.getByLabel('Speed').fill('0.7');
await page.locator('#main').focus();
await page.waitForTimeout(SLOW_MS);
await page.screenshot({ path: 'docs/figures/dashboard.png' });
await page.setViewportSize({ width: 1360, height: 3000 });
await page.waitForTimeout(500);
const top = (await page.locator('section.cells').boundingBox())?.y ?? 0;
const foot = (await page.locator('section.export').boundingBox())?.y ?? 0;
const left = (await page.locator('#board').boundingBox())?.x ?? 0;
await page.screenshot({
  path: 'docs/figures/dashboard-networks.png',
  clip: { x: left, y: top, width: 1360 - left, height: foot - top },
});
await chromium.close();
await server.stop();
console.log('docs/figures/dashboard.png, docs/figures/dashboard-networks.png');
