// Frames a second of the dashboard with four sensors shown, in headless Chromium, which draws by software: npm run demo:frames
import { openChromium } from '../hosts/chromium.mjs';
import { startDemo } from './server.mjs';

const SECONDS = 10;

/** Frames a second; the longest frame; and how busy the page's main thread was, as Chromium counts it. */
async function measure(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const busy = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration').value;
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

const chromium = await openChromium();
for (const speed of [10, 50, 200]) {
  const server = await startDemo(['--speed', String(speed)]);
  for (const [name, viewport] of Object.entries({
    desktop: { width: 1360, height: 900 },
    phone: { width: 360, height: 740 },
  })) {
    const page = await chromium.newPage({ viewport });
    await page.goto(server.url);
    await page.locator('.strip').nth(2).waitFor();
    await page.waitForTimeout(3000);
    const { perSecond, longest, late, busy } = await measure(page);
    console.log(
      `${name.padEnd(8)} 4 sensors at ${String(speed).padStart(3)} rows/s: ${perSecond.toFixed(1)} frames/s, ` +
        `${(100 * late).toFixed(1)} % over 20 ms, longest ${longest.toFixed(0)} ms, main thread busy ${(100 * busy).toFixed(0)} %`,
    );
    await page.close();
  }
  await server.stop();
}
await chromium.close();
