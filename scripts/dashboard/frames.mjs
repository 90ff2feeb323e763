// Frames a second of the dashboard with four sensors shown, in headless Chromium, which draws by software: npm run demo:frames
import { openChromium } from '../hosts/chromium.mjs';
import { startDemo } from './server.mjs';

const SECONDS = 10;

/** Frames a second; the longest frame; and the processor's time that the page's main thread took, of one core. */
async function measure(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const busy = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'ThreadTime').value;
  };
  const before = await busy();
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
  return {
    perSecond: gaps.length / took,
    longest: Math.max(...gaps),
    late: gaps.filter((gap) => gap > 20).length / gaps.length,
    busy: ((await busy()) - before) / took,
  };
}

const say = (name, { perSecond, longest, late, busy }) =>
  console.log(
    `${name.padEnd(40)}${perSecond.toFixed(1)} frames/s, ${(100 * late).toFixed(1)} % over 20 ms, ` +
      `longest ${longest.toFixed(0)} ms, main thread ${(100 * busy).toFixed(0)} % of a core`,
  );

const chromium = await openChromium();
const sizes = { desktop: { width: 1360, height: 900 }, phone: { width: 360, height: 740 } };

// What this machine gives a page that does nothing.
const blank = await chromium.newPage();
say('an empty page', await measure(blank));
await blank.close();

for (const speed of [10, 50, 200]) {
  const server = await startDemo(['--speed', String(speed)]);
  for (const [size, viewport] of Object.entries(sizes)) {
    const page = await chromium.newPage({ viewport });
    await page.goto(server.url);
    await page.locator('.strip').nth(2).waitFor();
    await page.waitForTimeout(3000);
    say(`${size}, 4 sensors at ${speed} rows/s`, await measure(page));
    await page.close();
  }
  await server.stop();
}
await chromium.close();
