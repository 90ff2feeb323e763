// Is there a voice, and which of three? Learned from labelled clips, told on what was held out: npm run demo:voice
// With -- -, it then listens to 16-bit mono sound of 44.1 kHz on standard input: arecord -t raw -f S16_LE -r 44100 | npm run -s demo:voice -- -
import { createReadStream, readFileSync } from 'node:fs';
import type { Model } from 'rx-eddy';
import { predict } from 'rx-eddy/operators';
import { distinctUntilChanged, from, lastValueFrom, map, toArray } from 'rxjs';
import { createDice, cutClips, shuffled } from './clips.js';
import { FRAMES_A_SECOND, features, timeOf } from './frames.js';
import { type Accuracy, learnClips, openListener, tellClips } from './recognize.js';
import { readTurns, split } from './turns.js';

const ROUNDS = 60;
const PARTS = 4;
/** Frames of a clip to learn from, at least and at most. */
const CLIP = [10, 30] as const;
const SECONDS = [0.25, 0.5, 1, 2];
const WAV_HEADER = 44;

const turns = readTurns(readFileSync('data/audio/speech_44k1_mono.tsv', 'utf8'));
const sound = createReadStream('data/audio/speech_44k1_mono.wav', { start: WAV_HEADER });
const frames = await lastValueFrom(from(sound).pipe(features(), toArray()));
const voices = Math.max(...turns.map(({ voice }) => voice));

/** Learns all but one part of what each voice says, and tells that one in clips of several lengths. */
function learnAllBut(model: Model, part: number) {
  const dice = createDice(7 + part);
  const stretches = split(turns, timeOf(frames.length), PARTS, part);
  const [taught, held] = [false, true].map((kept) => stretches.filter((stretch) => stretch.held === kept));
  const rounds = Array.from({ length: ROUNDS }, () =>
    learnClips(
      model,
      shuffled(
        cutClips(frames, turns, taught, () => dice(...CLIP)),
        dice,
      ),
    ),
  );
  const told = SECONDS.map((seconds) =>
    tellClips(
      model,
      cutClips(frames, turns, held, () => Math.round(seconds * FRAMES_A_SECOND)),
    ),
  );
  return { rounds, told };
}

const percent = (share: number) => `${(100 * share).toFixed(1).padStart(5)} %`;
const row = (what: string, all: readonly Accuracy[]) => {
  const mean = (key: keyof Accuracy) => percent(all.reduce((sum, one) => sum + one[key], 0) / all.length);
  console.log(`${what.padEnd(36)}${mean('voiced')}        ${mean('voice')}`);
};
const models = await Promise.all(Array.from({ length: PARTS }, () => openListener(voices)));
const runs = models.map(learnAllBut);
console.log(`${frames.length} frames, ${voices} voices; each of ${PARTS} parts held out in turn, means\n`);
console.log(`${' '.repeat(32)}voice or none   which voice`);
for (const round of [0, Math.floor(ROUNDS / 2), ROUNDS - 1]) {
  row(
    `round ${round + 1}, told before learned`,
    runs.map(({ rounds }) => rounds[round]),
  );
}
SECONDS.forEach((seconds, s) => {
  row(
    `held out, in clips of ${seconds} s`,
    runs.map(({ told }) => told[s]),
  );
});

if (process.argv[2] === '-') {
  console.log('\nlistening');
  from(process.stdin)
    .pipe(
      features(),
      predict(models[0]),
      map((shares) => shares.indexOf(Math.max(...shares))),
      distinctUntilChanged(),
    )
    .subscribe((voice) => console.log(voice === 0 ? 'silence' : `voice ${voice}`));
}
