import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { ErrorToSignal, SoundPlayer, soundModel } from 'rx-eddy/audio';
import { createBareRuntime, createModelOn, loadKernels } from 'rx-eddy/bare';
import { definitionOf, specOf } from 'rx-eddy/checkpoint';
import { exportGuitarml } from 'rx-eddy/interop';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildPage } from '../../../demos/audio/buildPage.mjs';
import { knobs, pedals } from '../../../demos/audio/dsp/pedals.js';
import { decodePedal } from '../../../demos/audio/page/pedalFile.js';
import { openChromium } from '../../../tools/chromium.mjs';
import { serve } from '../../../tools/serve.mjs';
import { wavOf, writeWav } from './wav.js';

const RATE = 44100;
const folder = mkdtempSync(join(tmpdir(), 'eddy-audio-'));
const microphone = join(folder, 'microphone.wav');
const artefacts = fileURLToPath(new URL('../../../build/screenshots/', import.meta.url));
const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; worker-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self'; font-src 'self'";
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Four seconds of falling tones. */
const dry = Float32Array.from({ length: 4 * RATE }, (_, t) => {
  const within = t % 11025;
  return 0.5 * (1 - within / 11025) * Math.sin((within * (6 + (Math.floor(t / 11025) % 5))) / 300);
});
const wet = dry.map(pedals.distortion(knobs, RATE));

let served: Awaited<ReturnType<typeof serve>>;
let browser: Browser;
let page: Page;
const problems: string[] = [];

beforeAll(async () => {
  writeWav(microphone, dry, RATE);
  served = await serve(await buildPage(), {
    csp: POLICY,
    types: { '.svg': 'image/svg+xml', '.wav': 'audio/wav', '.woff2': 'font/woff2' },
  });
  browser = await openChromium([
    '--autoplay-policy=no-user-gesture-required',
    '--use-fake-device-for-media-stream',
    `--use-file-for-fake-audio-capture=${microphone}`,
  ]);
});
afterEach(async () => {
  await page?.context().close();
  expect(problems.splice(0)).toEqual([]);
});
afterAll(async () => {
  await browser?.close();
  served?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(options: Parameters<Browser['newContext']>[0] = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  page = await context.newPage();
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  await page.goto(`${served.url}/index.html`);
}

const ratio = async () => Number(await page.textContent('#ratio'));
const untilRatioBelow = (most: number) =>
  expect.poll(ratio, { timeout: 90_000, interval: 250 }).toSatisfy((r: number) => r > 0 && r < most);
const problem = () => expect.poll(() => page.textContent('#problem'), { timeout: 20_000 });

async function save(button: string): Promise<Uint8Array> {
  const [download] = await Promise.all([page.waitForEvent('download'), page.click(button)]);
  return readFileSync(await download.path());
}

/** How far a saved pedal is from the real one. */
async function errorOf(file: Uint8Array, sampleRate: number): Promise<number> {
  const pedal = decodePedal(file);
  expect(pedal.sampleRate).toBe(sampleRate);
  const model = createModelOn(createBareRuntime(await loadKernels()), specOf(pedal.network.definition));
  model.setWeights(pedal.network.weights);
  using player = new SoundPlayer(model);
  const played = new Float32Array(dry.length);
  player.play([dry], [played]);
  const wanted = dry.map(pedals.distortion(knobs, sampleRate));
  const errors = new ErrorToSignal();
  played.forEach((y, t) => {
    errors.add(y, wanted[t]);
  });
  return errors.ratio;
}

describe('the audio demo’s page', () => {
  it('learns the pedal while the piano plays, switches what is heard, and gives it away as a file', async () => {
    await open();
    await page.click('#play');
    await untilRatioBelow(0.05);
    await page.keyboard.press('2');
    expect(await page.isChecked('#hear-pedal')).toBe(true);
    await page.click('label[for=hear-dry]');
    await page.keyboard.press('3');
    expect(await page.isChecked('#hear-network')).toBe(true);
    await untilRatioBelow(0.01);
    expect(await page.textContent('#status')).toBe('Learning: piano');
    expect(await page.textContent('#figures')).toMatch(/Plays at[\d.]+ × real time.*Learns at[\d.]+ × real time/);
    mkdirSync(artefacts, { recursive: true });
    await page.screenshot({ path: join(artefacts, 'audio.png'), fullPage: true });
    const sampleRate = await page.evaluate(() => new AudioContext().sampleRate);
    expect(await errorOf(await save('#save'), sampleRate)).toBeLessThan(0.1);

    await page.click('label[for=cell-gru]');
    await page.selectOption('#units', '16');
    await expect.poll(ratio, { timeout: 20_000 }).toBeGreaterThan(0.01);
    await untilRatioBelow(0.05);
  });

  it('learns from the microphone, and pauses', async () => {
    await open({ permissions: ['microphone'] });
    await page.click('#microphone');
    await untilRatioBelow(0.2);
    await page.click('#pause');
    await expect.poll(() => page.textContent('#status')).toBe('Playing: microphone');
    await page.click('#stop');
    await expect.poll(() => page.textContent('#status')).toBe('Silent');
  });

  it('says what to do when the microphone is denied', async () => {
    await open({ permissions: [] });
    await page.click('#microphone');
    await problem().toMatch(/microphone was denied\. Allow it/);
  });

  it('learns two files, dry and wet, and gives the pedal away', async () => {
    await open();
    const files = [
      { name: 'dry.wav', mimeType: 'audio/wav', buffer: wavOf(dry, RATE) },
      { name: 'wet.wav', mimeType: 'audio/wav', buffer: wavOf(wet, RATE) },
    ];
    await page.setInputFiles('#pair', files);
    await expect
      .poll(() => page.textContent('#learned'), { timeout: 90_000 })
      .toMatch(/^Learned from dry\.wav and wet\.wav/);
    expect(await errorOf(await save('#save-pair'), RATE)).toBeLessThan(0.05);
  });

  it('plays a saved pedal and a GuitarML file, and refuses a damaged one without losing what it plays', async () => {
    await open();
    const small = createModelOn(createBareRuntime(await loadKernels()), soundModel({ units: 4 }));
    const guitarml = exportGuitarml({ definition: definitionOf(small.spec), weights: small.weights() });
    await page.click('#play');
    await untilRatioBelow(0.2);
    const saved = await save('#save');
    const damaged = Uint8Array.from(saved);
    damaged[damaged.length - 5] ^= 1;
    const load = (name: string, bytes: Uint8Array) =>
      page.setInputFiles('#load', { name, mimeType: 'application/octet-stream', buffer: Buffer.from(bytes) });
    await load('damaged.safetensors', damaged);
    await problem().toMatch(/checksum/);
    await untilRatioBelow(0.2);
    await load('pedal.safetensors', saved);
    await problem().toBe('');
    await untilRatioBelow(0.2);
    await load('amplifier.json', Buffer.from(guitarml));
    await problem().toBe('');
    await expect.poll(() => page.inputValue('#units')).toBe('4');
  });

  it.each<[string, [string, Buffer][], RegExp]>([
    ['one file', [['dry.wav', wavOf(dry, RATE)]], /Two files are needed/],
    [
      'a file that is no WAV',
      [
        ['dry.wav', Buffer.from('hello')],
        ['wet.wav', wavOf(wet, RATE)],
      ],
      /dry\.wav is no WAV file/,
    ],
    [
      'a file that is cut off',
      [
        ['dry.wav', wavOf(dry, RATE).subarray(0, 9000)],
        ['wet.wav', wavOf(wet, RATE)],
      ],
      /dry\.wav ends after \d+ samples, its header promises 176400/,
    ],
    [
      'unequal lengths',
      [
        ['dry.wav', wavOf(dry, RATE)],
        ['wet.wav', wavOf(wet.subarray(9), RATE)],
      ],
      /must have one length, they have 176400 and 176391/,
    ],
    [
      'unequal rates',
      [
        ['dry.wav', wavOf(dry, RATE)],
        ['wet.wav', wavOf(wet, 48000)],
      ],
      /must have one rate, they have 44100 and 48000/,
    ],
    [
      'silence',
      [
        ['dry.wav', wavOf(dry, RATE)],
        ['wet.wav', wavOf(new Float32Array(dry.length), RATE)],
      ],
      /wet\.wav is silent/,
    ],
  ])('says what is wrong with %s', async (_, files, message) => {
    await open();
    await page.setInputFiles(
      '#pair',
      files.map(([name, buffer]) => ({ name, mimeType: 'audio/wav', buffer })),
    );
    await problem().toMatch(message);
  });

  it.each(['light', 'dark'] as const)(
    'has nothing that axe would have changed, in %s and on a phone',
    async (colorScheme) => {
      for (const viewport of [
        { width: 1280, height: 900 },
        { width: 360, height: 740 },
      ]) {
        await open({ colorScheme, viewport, bypassCSP: true });
        await page.evaluate(axe);
        const found = await page.evaluate('axe.run()');
        expect(found).toMatchObject({ violations: [] });
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(viewport.width);
        await page.context().close();
      }
      await open();
    },
  );
});
