import { adam, createModel, crossEntropy, dense, gru, type Model } from 'rx-eddy';
import { learn, predict } from 'rx-eddy/operators';
import { from } from 'rxjs';
import type { Clip, Heard } from './clips.js';
import { BANDS } from './frames.js';

/** Shares of frames that were told rightly: voice or none; and, where there is one, which. */
export interface Accuracy {
  readonly voiced: number;
  readonly voice: number;
}

const likeliest = (shares: Float32Array): number => shares.indexOf(Math.max(...shares));

/** A GRU that says for each frame who speaks: nobody, or one of the voices. */
export const openListener = (voices: number): Promise<Model> =>
  createModel({
    input: BANDS,
    layers: [gru(32)],
    output: dense(voices + 1, { activation: 'softmax' }),
    seed: 1,
  });

/** Learns from labelled clips of any length, in one pass; each frame is told before its label is seen. Returns how well that went. */
export function learnClips(model: Model, clips: readonly Clip[]): Accuracy {
  const count = openCount();
  from(clips.flat())
    .pipe(
      learn<Heard>(model, {
        features: ({ bands }) => bands,
        target: ({ voice }) => voice,
        resetWhen: ({ first }) => first,
        // One update a clip: shorter windows would teach the voice that speaks, and forget the others.
        k1: Number.POSITIVE_INFINITY,
        k2: Number.POSITIVE_INFINITY,
        maxSteps: Math.max(...clips.map(({ length }) => length)),
        loss: crossEntropy,
        optimizer: adam(2e-3),
        clipNorm: 1,
      }),
    )
    .subscribe(({ scored }) => {
      if (scored) count.add(likeliest(scored.output), likeliest(scored.target));
    });
  return count.accuracy();
}

/** Tells clips that are not learned from. */
export function tellClips(model: Model, clips: readonly Clip[]): Accuracy {
  const count = openCount();
  const frames = clips.flat();
  let i = 0;
  from(frames)
    .pipe(predict<Heard>(model, { features: ({ bands }) => bands, resetWhen: ({ first }) => first }))
    .subscribe((shares) => count.add(likeliest(shares), frames[i++].voice));
  return count.accuracy();
}

function openCount() {
  let [frames, voiced, spoken, right] = [0, 0, 0, 0];
  return {
    add(told: number, voice: number): void {
      frames++;
      if (told > 0 === voice > 0) voiced++;
      if (voice === 0) return;
      spoken++;
      if (told === voice) right++;
    },
    accuracy: (): Accuracy => ({ voiced: voiced / frames, voice: right / spoken }),
  };
}
