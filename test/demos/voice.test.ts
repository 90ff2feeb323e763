import { createReadStream, readFileSync } from 'node:fs';
import { from, lastValueFrom, toArray } from 'rxjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createDice, cutClips, shuffled } from '../../demos/voice/clips.js';
import { BANDS, FRAMES_A_SECOND, features, timeOf } from '../../demos/voice/frames.js';
import { learnClips, openListener, tellClips } from '../../demos/voice/recognize.js';
import { readTurns, split, voiceAt } from '../../demos/voice/turns.js';
import { voiceLabels } from '../../scripts/voiceLabels.mjs';

const data = new URL('../../data/audio/', import.meta.url);
const labels = readFileSync(new URL('speech_44k1_mono.tsv', data), 'utf8');
const turns = readTurns(labels);
let frames: Float32Array[];
beforeAll(async () => {
  const sound = createReadStream(new URL('speech_44k1_mono.wav', data), { start: 44 });
  frames = await lastValueFrom(from(sound).pipe(features(), toArray()));
});

describe('is there a voice, and which?', () => {
  it('has the labels that the sound’s energy gives', () => {
    expect(voiceLabels()).toBe(labels);
    expect(turns.map(({ voice }) => voice)).toEqual([1, 1, 2, 2, 3, 3]);
    expect([voiceAt(turns, 0), voiceAt(turns, 1), voiceAt(turns, 7), voiceAt(turns, 14)]).toEqual([0, 1, 2, 3]);
  });

  it('hears a hundred frames a second of as many bands, quiet in a pause and loud in a word', () => {
    expect(frames.length / FRAMES_A_SECOND).toBeCloseTo(19.3, 0);
    const mean = (i: number) => frames[i].reduce((sum, band) => sum + band, 0) / BANDS;
    expect(mean(10)).toBeLessThan(mean(150) - 0.5);
  });

  it('holds one part of each voice out, and leaves no frame out of account', () => {
    const stretches = split(turns, timeOf(frames.length), 4, 1);
    expect(stretches.filter(({ held }) => held)).toHaveLength(3);
    for (const [k, { start }] of stretches.entries()) expect(start).toBeCloseTo(k === 0 ? 0 : stretches[k - 1].end, 9);
    const clips = cutClips(frames, turns, stretches, () => 37);
    expect(clips.flat()).toHaveLength(frames.length);
    for (const clip of clips) {
      expect(clip.length).toBeLessThanOrEqual(37);
      expect([clip[0].first, clip[clip.length - 1].last]).toEqual([true, true]);
    }
    expect(shuffled(clips, createDice(1))).toHaveLength(clips.length);
  });

  it('tells a voice from silence, and the voices from each other better than chance, in clips of any length', async () => {
    const stretches = split(turns, timeOf(frames.length), 4, 3);
    const part = (held: boolean) => stretches.filter((stretch) => stretch.held === held);
    using model = await openListener(3);
    const dice = createDice(10);
    for (let round = 0; round < 60; round++) {
      learnClips(
        model,
        shuffled(
          cutClips(frames, turns, part(false), () => dice(10, 30)),
          dice,
        ),
      );
    }
    for (const length of [25, 100, 1000]) {
      const { voiced, voice } = tellClips(
        model,
        cutClips(frames, turns, part(true), () => length),
      );
      expect(voiced).toBeGreaterThan(0.95);
      expect(voice).toBeGreaterThan(0.45);
    }
  });
});
