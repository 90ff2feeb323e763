// The pictures of the dashboard: node scripts/dashboard/figure.mjs
import { openChromium } from '../../tools/chromium.mjs';
import { startDemo } from './server.mjs';

/** Row 5954 is the night before New York's marathon, on which the clocks go back: taxis are asked for as on no other. */
const NEAR = 5400;
const PAST = 5960;
/** By then the heat maps are full, and that night is still to be seen. */
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
const speed = page.getByLabel('Speed');
while ((await rowsSeen()) < NEAR) await page.waitForTimeout(100);
await speed.fill('1.7');
while ((await rowsSeen()) < PAST) await page.waitForTimeout(100);
await speed.fill('0.7');
await speed.blur();
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
