import type { Browser } from 'playwright-core';
import { SoundPlayer, soundModel } from 'rx-eddy/audio';
import { createBareRuntime, createModelOn, loadKernels } from 'rx-eddy/bare';
import { definitionOf } from 'rx-eddy/checkpoint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { knobs, pedals } from '../../../demos/audio/dsp/pedals.js';
import type { PlainNetwork } from '../../../demos/audio/scripts/offline.js';
import { serveOfflinePage } from '../../../demos/audio/scripts/offlinePage.mjs';
import { openChromium } from '../../../tools/chromium.mjs';

const RATE = 44100;
let browser: Browser;
let served: Awaited<ReturnType<typeof serveOfflinePage>>;

beforeAll(async () => {
  served = await serveOfflinePage();
  browser = await openChromium();
});
afterAll(async () => {
  await browser?.close();
  served?.close();
});

/** A second of something with many frequencies, the same bits here and there. */
const sound = Float32Array.from({ length: RATE }, (_, t) => (((t * 37) % 200) / 200 - 0.5) * ((t % 9000) / 9000));

describe('the audio demo’s worklet', () => {
  it.each(['rnn', 'lstm', 'gru'])('plays a %s, and the pedal, with the bits of Node', async (cell) => {
    const model = createModelOn(createBareRuntime(await loadKernels()), soundModel({ cell, units: 20, seed: 3 }));
    const weights: PlainNetwork['weights'] = Object.fromEntries(
      Object.entries(model.weights()).map(([name, { shape, data }]) => [name, { shape: [...shape], data: [...data] }]),
    );
    const network: PlainNetwork = { definition: definitionOf(model.spec), weights };
    const page = await browser.newPage();
    await page.goto(served.url);
    const rendered = await page.evaluate(
      async ({ network, sound, rate }) => {
        const { pedal, network: played } = await window.render(network, Float32Array.from(sound), rate);
        return { pedal: [...pedal], played: [...played] };
      },
      { network, sound: [...sound], rate: RATE },
    );
    await page.close();

    const played = new Float32Array(sound.length);
    using player = new SoundPlayer(model);
    player.play([sound], [played]);
    expect(Float32Array.from(rendered.played)).toEqual(played);
    expect(Float32Array.from(rendered.pedal)).toEqual(sound.map(pedals.squash(knobs, RATE)));
    expect(played.some((y, t) => y !== sound[t])).toBe(true);
  });
});
