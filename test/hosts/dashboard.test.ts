import type { Browser } from 'playwright-core';
import { decodeCheckpoint } from 'rx-eddy/checkpoint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openChromium } from '../../tools/chromium.mjs';
import { expectText, keep, openPage, pixelsOf } from './dashboardPage.js';
import {
  buildDemo,
  newFolder,
  removeFolder,
  type SensorServer,
  sendRows,
  startServer,
  viewer,
} from './sensorServer.js';

const wave = (count: number, from = 0) =>
  Array.from({ length: count }, (_, i) => 20 + 5 * Math.sin((from + i) / 8) + Math.sin((from + i) ** 2) / 2);

const folders: string[] = [];
const folder = () => {
  folders.push(newFolder());
  return folders[folders.length - 1];
};
let chromium: Browser;

beforeAll(async () => {
  buildDemo();
  chromium = await openChromium([
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
    '--host-resolver-rules=MAP sensors.test 127.0.0.1',
  ]);
});
afterAll(async () => {
  await chromium?.close();
  for (const each of folders) removeFolder(each);
});

describe('the dashboard, with the series that come with it', () => {
  let server: SensorServer;
  beforeAll(async () => {
    server = await startServer(folder(), '--speed', '50');
  });
  afterAll(() => server.stop());

  it('shows values, forecasts, three networks and their gates, and complains of nothing', async () => {
    const { page, errors } = await openPage(chromium, server.url);
    await expectText(page, '#status', /^Live$/);
    await expectText(page, '#readout .key-forecast dd', /\d/);
    await expectText(page, '#readout .key-interval dd', /\d to /);
    await expect.poll(() => pixelsOf(page, '#forecast', 'ink')).toBeGreaterThan(100);
    await expect.poll(() => pixelsOf(page, '#forecast', 'forecast')).toBeGreaterThan(100);
    for (const row of [1, 2, 3]) await expectText(page, `#cells tbody tr:nth-child(${row}) td:nth-child(2)`, /\d/);
    await expect
      .poll(() => page.locator('.gate figcaption').allTextContents())
      .toEqual([
        'hidden',
        ...['forget', 'input', 'output', 'candidate', 'cell', 'hidden'],
        ...['reset', 'update', 'candidate', 'hidden'],
      ]);
    await expectText(page, '#lag-text', /RNN (over )?\d+, LSTM (over )?\d+, GRU (over )?\d+/);
    // What nobody sees is not drawn.
    await page.locator('#steps').scrollIntoViewIfNeeded();
    for (const cell of ['rnn', 'lstm', 'gru'])
      await expect.poll(() => pixelsOf(page, `#steps .cell-${cell}`, cell)).toBeGreaterThan(100);
    await expectText(page, '#load dd', /\d/);
    await keep(page, 'dashboard');
    expect(errors).toEqual([]);
    await page.close();
  });

  it('turns the replay: pauses it, lets it go on, sets its speed', async () => {
    const { page, errors } = await openPage(chromium, server.url);
    await page.getByRole('button', { name: 'Pause replay' }).click();
    await page.getByRole('button', { name: 'Go on' }).waitFor();
    const newest = () => page.locator('#readout .key-time dd').textContent();
    // Rows that were under way.
    await page.waitForTimeout(500);
    const stood = await newest();
    await page.waitForTimeout(1000);
    expect(await newest()).toBe(stood);
    await page.getByRole('button', { name: 'Go on' }).click();
    await expect.poll(newest).not.toBe(stood);
    // The slider is logarithmic: 10^0.7 is 5.0119.
    await page.getByLabel('Speed').fill('0.7');
    await expectText(page, '#replay-value', /^5 rows\/s$/);
    await page.getByLabel('Speed').fill('2');
    await expectText(page, '#replay-value', /^100 rows\/s$/);
    expect(errors).toEqual([]);
    await page.close();
  });

  it('puts another sensor in the lead, sets the window, holds a stretch, changes colours', async () => {
    const { page, errors } = await openPage(chromium, server.url, { colorScheme: 'light' });
    await page.locator('.sensor-lead').nth(2).click();
    const name = await page.locator('.sensor-name').nth(2).textContent();
    await expect.poll(() => page.locator('#lead').textContent()).toBe(name);
    await page.getByLabel('Window').selectOption('100');
    await expectText(page, '#readout .key-actual dd', /\d/);
    await page.getByRole('button', { name: 'Hold' }).click();
    const newest = () => page.locator('#readout .key-time dd').textContent();
    await page.waitForTimeout(200);
    const held = await newest();
    await page.waitForTimeout(500);
    expect(await newest()).toBe(held);
    await page.getByRole('button', { name: 'Back to live' }).click();
    await expect.poll(newest).not.toBe(held);
    await page.getByRole('button', { name: 'Use dark colours' }).click();
    expect(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toBe('dark');
    await expect.poll(() => pixelsOf(page, '#forecast', 'ink')).toBeGreaterThan(100);
    expect(errors).toEqual([]);
    await page.close();
  });

  it('gives the rows as CSV and the network as a checkpoint', async () => {
    const { page } = await openPage(chromium, server.url);
    const [csv, checkpoint] = [page.getByText('Rows as CSV'), page.getByText('Checkpoint of the network')];
    const [rows] = await Promise.all([page.waitForEvent('download'), csv.click()]);
    expect(rows.suggestedFilename()).toMatch(/\.csv$/);
    const answer = await fetch((await checkpoint.getAttribute('href')) ?? '');
    const { weights } = decodeCheckpoint(new Uint8Array(await answer.arrayBuffer()));
    expect(Object.keys(weights)).toContain('output.weight');
    await page.close();
  });
});

describe('the dashboard, with sensors of its own', () => {
  let server: SensorServer;
  beforeAll(async () => {
    server = await startServer(folder(), '--no-replay');
  });
  afterAll(() => server.stop());

  it('tells how to send data while there is none, in lines that work', async () => {
    const { page, errors } = await openPage(chromium, server.url);
    await page.getByRole('heading', { name: 'No sensor has sent anything yet' }).waitFor();
    await keep(page, 'empty');
    const line = (tool: string) => page.locator('#empty').getByLabel(`${tool} line`, { exact: true }).textContent();
    const [, url, body] = /^curl (\S+) -d '(.+)'$/.exec((await line('curl')) ?? '') ?? [];
    expect((await fetch(url, { method: 'POST', body })).status).toBe(202);
    await expectText(page, '#lead', /^mine$/);
    await page.evaluate((await line('JavaScript')) ?? '');
    await expectText(page, '#score div:last-child dd', /^[1-9]\d* rows/);
    expect(await line('websocat')).toContain(server.url.replace('http', 'ws'));
    expect(errors).toEqual([]);
    await page.close();
  });

  it('marks an anomaly, and says what it was', async () => {
    await sendRows(server.url, 'furnace', wave(900));
    const { page, errors } = await openPage(chromium, server.url);
    await page.locator('.sensor-lead', { hasText: 'furnace' }).click();
    await expectText(page, '#readout .key-forecast dd', /\d/);
    const before = await page.locator('#anomalies li').count();
    await sendRows(server.url, 'furnace', [60], 900);
    await expect.poll(() => page.locator('#anomalies li').count(), { timeout: 30_000 }).toBe(Math.min(5, before + 1));
    await expectText(page, '#anomalies li p', /Actual 60, forecast [\d.]+; [\d.]+ above the interval/);
    await expect.poll(() => pixelsOf(page, '#forecast', 'anomaly')).toBeGreaterThan(40);
    await expectText(page, '#announce', /furnace: anomaly\. .*Actual 60/);
    await keep(page, 'anomaly');
    expect(errors).toEqual([]);
    await page.close();
  });

  it('acts live: cell, units, window, rate, freezing, weights kept and brought back', async () => {
    await sendRows(server.url, 'pump', wave(300));
    const { page, errors } = await openPage(chromium, server.url);
    await page.locator('.sensor-lead', { hasText: 'pump' }).click();
    const other = await viewer(server.url, 'pump');
    const networks = () => other.newest('networks')?.networks;
    await expect.poll(networks).toBeDefined();
    await page.getByText('LSTM', { exact: true }).first().click();
    await expect.poll(() => networks()?.settings.cell).toBe('lstm');
    for (const [label, value] of [
      ['Units', 24],
      ['k1, update every', 4],
      ['k2, over the last', 32],
    ] as const) {
      await page.getByLabel(label, { exact: true }).fill(String(value));
      await page.keyboard.press('Tab');
    }
    await page.getByLabel('Learning rate').fill('-2');
    await expect
      .poll(() => networks()?.settings)
      .toEqual({ cell: 'lstm', units: 24, k1: 4, k2: 32, learningRate: 0.01 });
    await page.getByRole('button', { name: 'Freeze learning' }).click();
    await expect.poll(() => networks()?.frozen).toBe(true);
    await page.getByRole('button', { name: 'Learn again' }).click();
    await expect.poll(() => networks()?.frozen).toBe(false);

    const weights = async () => {
      const answer = await fetch(new URL('export.checkpoint?sensor=pump', server.url));
      return decodeCheckpoint(new Uint8Array(await answer.arrayBuffer())).weights['layers.0.weight_hh']?.data;
    };
    await page.getByRole('button', { name: 'Snapshot weights' }).click();
    await page.getByRole('button', { name: 'Roll back' }).waitFor();
    const kept = await weights();
    await sendRows(server.url, 'pump', wave(100, 300), 300);
    expect(await weights()).not.toEqual(kept);
    await page.getByRole('button', { name: 'Roll back' }).click();
    await expect.poll(weights).toEqual(kept);
    other.close();
    expect(errors).toEqual([]);
    await page.close();
  });

  it('shows a name as it is, and never as markup', async () => {
    const name = '<img src=x onerror="document.title=\'owned\'"><b>';
    await sendRows(server.url, name, wave(50));
    const { page, errors } = await openPage(chromium, server.url);
    await page.locator('.sensor-lead', { hasText: '<img' }).click();
    await expectText(page, '#lead', /^<img src=x/);
    await page.locator('.sensor-lead').first().click();
    expect(await page.locator('.strip-name', { hasText: '<img' }).textContent()).toBe(name);
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.title()).not.toBe('owned');
    expect(errors).toEqual([]);
    await page.close();
  });

  it('says on the phone’s page that off loopback it needs TLS, and only there', async () => {
    const { page } = await openPage(chromium, `http://sensors.test:${server.port}/phone`);
    await page.getByText('Browsers give a page its sensors over TLS only').waitFor();
    await page.goto(new URL('phone', server.url).href);
    expect(await page.getByText('Browsers give a page its sensors over TLS only').isVisible()).toBe(false);
    await page.close();
  });

  it('takes a phone’s movement and its loudness', async () => {
    const { page, errors } = await openPage(chromium, new URL('phone', server.url).href);
    await page.getByLabel('Name of the sensor').fill('pocket');
    await page.getByRole('button', { name: 'Start' }).click();
    await expectText(page, '#state', /No movement was measured.* Press Start to try again/);
    await page.getByRole('button', { name: 'Start' }).click();
    await page.evaluate(() => {
      const shake = () =>
        dispatchEvent(new DeviceMotionEvent('devicemotion', { accelerationIncludingGravity: { x: 1, y: 2, z: 9.8 } }));
      setInterval(shake, 20);
    });
    await expectText(page, '#sent', /^[1-9]/);
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByText('Loudness').click();
    await page.getByLabel('Name of the sensor').fill('ear');
    await page.getByRole('button', { name: 'Start' }).click();
    await expectText(page, '#state', /^Sending as ear/);
    await expectText(page, '#newest', /^-?\d+\.\d\d$/);
    const sensors: { sensor: string; channels: number }[] = await (await fetch(new URL('sensors', server.url))).json();
    expect(sensors.find(({ sensor }) => sensor === 'pocket')?.channels).toBe(3);
    expect(sensors.find(({ sensor }) => sensor === 'ear')?.channels).toBe(1);
    await page.getByText('Watch it on the dashboard').click();
    await page.locator('.sensor-lead', { hasText: 'pocket' }).click();
    await expectText(page, '#readout .key-actual dd', /^1$/);
    await page.getByLabel('Channel').selectOption('3');
    await expectText(page, '#readout .key-actual dd', /^9\.8$/);
    expect(errors).toEqual([]);
    await page.close();
  });
});

describe('a server that goes and comes back', () => {
  it('is missed, found again, and goes on from its checkpoint', async () => {
    const checkpoints = folder();
    const first = await startServer(checkpoints, '--no-replay');
    await sendRows(first.url, 'tide', wave(400));
    const { page, errors } = await openPage(chromium, first.url, { forgive: /WebSocket connection to .* failed/ });
    await expectText(page, '#score div:last-child dd', /^400 rows/);
    await first.stop();
    await expectText(page, '#status', /^Disconnected/);
    expect(await page.getByRole('button', { name: 'Freeze learning' }).isDisabled()).toBe(true);
    await expectText(page, '#announce', /connection is lost/);

    const second = await startServer(checkpoints, '--no-replay', '--port', first.port);
    await expectText(page, '#status', /^Live$/);
    await sendRows(second.url, 'tide', wave(10, 400), 400);
    await expectText(page, '#score div:last-child dd', /^410 rows/);
    expect(await page.getByRole('button', { name: 'Freeze learning' }).isDisabled()).toBe(false);
    expect(errors).toEqual([]);
    await page.close();
    await second.stop();
  });

  it('that wants a token asks for it, and lets the page in with it', async () => {
    const server = await startServer(folder(), '--token', 'open sesame', '--speed', '50');
    const { page } = await openPage(chromium, server.url);
    await page.getByLabel('This server wants its token').fill('open sesame');
    await page.getByRole('button', { name: 'Connect' }).click();
    await expectText(page, '#status', /^Live$/);
    await expectText(page, '#readout .key-forecast dd', /\d/);
    expect(await page.getByText('Rows as CSV').getAttribute('href')).toContain('token=open');
    await page.close();
    await server.stop();
  });
});
