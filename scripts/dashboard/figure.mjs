// The README's picture of the dashboard: npm run docs:dashboard
import { openChromium } from '../hosts/chromium.mjs';
import { startDemo } from './server.mjs';

const FILE = 'docs/figures/dashboard.png';
/** By then the networks have learned three weeks of taxi demand. */
const ROWS = 1000;

const server = await startDemo(['--speed', '40']);
const chromium = await openChromium();
const page = await chromium.newPage({ viewport: { width: 1360, height: 1010 }, colorScheme: 'dark' });
await page.goto(server.url);
await page.waitForFunction(
  (rows) => {
    const [said] = /^[\d,]+/.exec(document.querySelector('#score div:last-child dd')?.textContent ?? '') ?? ['0'];
    return Number(said.replace(',', '')) >= rows;
  },
  ROWS,
  { timeout: 120_000 },
);
await page.screenshot({ path: FILE });
await chromium.close();
await server.stop();
console.log(FILE);
