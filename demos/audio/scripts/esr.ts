// What is left of two pedals after one online pass over eight seconds of piano, on the two that follow: node scripts/run.mjs demos/audio/scripts/esr.ts
// For every cell and three seeds; writes the table into docs/audio.md too.
import { readFileSync, writeFileSync } from 'node:fs';
import { ErrorToSignal, SoundLearner, SoundPlayer, soundModel } from 'rx-eddy/audio';
import { createBareRuntime, createModelOn, loadKernels } from 'rx-eddy/bare';
import { pcmStage } from 'rx-eddy/operators/sound/pcm';
import { distortion, knobs, type PedalName, pedals } from '../dsp/pedals.js';

const RATE = 44100;
const WAV_HEADER = 44;
const GOALS: Record<PedalName, number> = { distortion: 1e-3, squash: 1e-2 };
const SEEDS = [1, 2, 3];
const CELLS: readonly string[] = ['lstm', 'gru', 'rnn'];

let dry = new Float32Array(0);
pcmStage()().step(readFileSync('data/audio/piano_phrase_44k1_mono.wav').subarray(WAV_HEADER), (samples) => {
  dry = Float32Array.from(samples);
});
const taught = Math.floor(dry.length * 0.8);
const runtime = createBareRuntime(await loadKernels());

/** Seconds of work on this thread, whatever else the machine does. */
function cpu<T>(work: () => T): [result: T, seconds: number] {
  const start = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(start);
  return [result, (user + system) / 1e6];
}

/** ESR of the held-out part: as heard, and after the pre-emphasis 1 − 0.85 z⁻¹. */
function esrOf(played: Float32Array, wet: Float32Array) {
  const [plain, emphasised] = [new ErrorToSignal(), new ErrorToSignal()];
  for (let t = taught; t < wet.length; t++) {
    plain.add(played[t], wet[t]);
    emphasised.add(played[t] - 0.85 * played[t - 1], wet[t] - 0.85 * wet[t - 1]);
  }
  return { plain: plain.ratio, emphasised: emphasised.ratio };
}

function run(cell: string, wet: Float32Array, seed: number, plain = false) {
  using learning = createModelOn(runtime, soundModel({ cell, seed }));
  using playing = createModelOn(runtime, soundModel({ cell, seed }));
  using learner = new SoundLearner(learning, {
    sampleRate: RATE,
    length: taught,
    ...(plain && { from: playing.weights() }),
  });
  const [, learned] = cpu(() => learner.learn([dry.subarray(0, taught)], [wet.subarray(0, taught)]));
  playing.setWeights(learner.weights());
  using player = new SoundPlayer(playing);
  const played = new Float32Array(dry.length);
  const [, heard] = cpu(() => player.play([dry], [played]));
  return {
    ...esrOf(played, wet),
    online: learner.errors.ratio,
    learning: taught / RATE / learned,
    playing: dry.length / RATE / heard,
  };
}

const short = (value: number) => value.toExponential(1);
const lines = [
  '| pedal | cell, 32 units | ESR held out, seeds 1 · 2 · 3 | after pre-emphasis | while it learned | goal | learning | playing |',
  '| --- | --- | --- | --- | --- | --- | --- | --- |',
];
const names: readonly PedalName[] = ['distortion', 'squash'];
for (const name of names) {
  const wet = Float32Array.from(dry, pedals[name](knobs, RATE));
  for (const [cell, plain] of [...CELLS.map((each) => [each, false] as const), ['lstm', true] as const]) {
    const runs = SEEDS.map((seed) => run(cell, wet, seed, plain));
    const all = (key: 'plain' | 'emphasised' | 'online') => runs.map((one) => short(one[key])).join(' · ');
    const fastest = (key: 'learning' | 'playing') => Math.max(...runs.map((one) => one[key])).toFixed(1);
    const met = runs.every(({ plain }) => plain <= GOALS[name]) ? 'met' : 'missed';
    lines.push(
      `| ${name} | ${cell}${plain ? ' without level detectors' : ''} | ${all('plain')} | ${all('emphasised')} | ${all('online')} | ≤ ${GOALS[name]}: ${met} | ${fastest('learning')} × | ${fastest('playing')} × |`,
    );
    process.stderr.write(`${name} ${cell}\n`);
  }
}

// How much of the squash pedal is memory: the best that a pedal without one could do is not known, but these are two of them.
const squashed = Float32Array.from(dry, pedals.squash(knobs, RATE));
const held = esrOf(Float32Array.from(dry, distortion(knobs, RATE)), squashed).plain;
lines.push(
  '',
  `The squash pedal with its gain left at 1 is at ${short(held)}, the dry sound at ${short(esrOf(dry, squashed).plain)}.`,
);

const table = lines.join('\n');
console.log(table);
const page = readFileSync('docs/audio.md', 'utf8');
const parts = /^(.*<!-- audio:esr -->\n).*(\n<!-- \/audio:esr -->.*)$/s.exec(page);
if (!parts)
  throw new Error('docs/audio.md must have a place for the table, between <!-- audio:esr --> and <!-- /audio:esr -->');
writeFileSync('docs/audio.md', `${parts[1]}${table}${parts[2]}`);
