// Frames a second of the dashboard with four sensors shown, in headless Chromium, which draws by software: node scripts/dashboard/frames.mjs
import { openChromium } from '../../tools/chromium.mjs';
import { processorTime } from './processorTime.mjs';
import { startDemo } from './server.mjs';

const SECONDS = 6;

/** Prints frames a second, late frames, the longest; and the processors' time of all of Chromium, as a share of one core. */
async function measure(name, page) {
  const before = processorTime();
  const frames = await page.evaluate(
    (ms) =>
      new Promise((resolve) => {
        const times = [];
        const frame = (now) => {
          times.push(now);
          if (now - times[0] < ms) requestAnimationFrame(frame);
          else resolve(times);
        };
        requestAnimationFrame(frame);
      }),
    1000 * SECONDS,
  );
  const gaps = frames.slice(1).map((time, i) => time - frames[i]);
  const took = (frames[frames.length - 1] - frames[0]) / 1000;
  const late = gaps.filter((gap) => gap > 20).length / gaps.length;
  const busy = (processorTime() - before) / took;
  console.log(
    `${name.padEnd(40)}${(gaps.length / took).toFixed(1)} frames/s, ${(100 * late).toFixed(1)} % over 20 ms, ` +
      `longest ${Math.max(...gaps).toFixed(0)} ms, ${(100 * busy).toFixed(0)} % of a core`,
  );
}

const chromium = await openChromium();
const sizes = { desktop: { width: 1360, height: 900 }, phone: { width: 360, height: 740 } };

// What this machine gives a page that does nothing.
const blank = await chromium.newPage();
await measure('an empty page', blank);
await blank.close();

for (const speed of [10, 50, 200]) {
  const server = await startDemo(['--speed', String(speed)]);
  for (const [size, viewport] of Object.entries(sizes)) {
    const page = await chromium.newPage({ viewport });
    await page.goto(server.url);
    await page.locator('.strip').nth(2).waitFor();
    await page.waitForTimeout(4000);
    await measure(`${size}, 4 sensors at ${speed} rows/s`, page);
    await page.close();
  }
  await server.stop();
}
await chromium.close();
