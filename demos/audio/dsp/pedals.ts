import { envelope } from './envelope.js';
import { onePole } from './onePole.js';

/** What can be turned on a pedal. Gains are factors, not decibels, times seconds. */
export interface Knobs {
  /** Gain before the clipping. */
  readonly drive: number;
  /** Corner of the low-pass behind it, in Hz. */
  readonly tone: number;
  /** Gain at the end. */
  readonly level: number;
  /** Of the squash pedal: how fast its gain falls, how slowly it comes back, and the level that halves it. */
  readonly attack: number;
  readonly release: number;
  readonly threshold: number;
}

export const knobs: Knobs = { drive: 8, tone: 4000, level: 0.7, attack: 0.005, release: 0.05, threshold: 0.1 };

/** One sample in, one out; it has a state of its own. */
export type Effect = (x: number) => number;

/** x/√(1 + x²): a soft clip from −1 to 1 whose bits are the same on every host, as a square root's are. */
const clip = (x: number) => x / Math.sqrt(1 + x * x);

/** Clipping without memory, then a tone filter. */
export function distortion({ drive, tone, level }: Knobs, sampleRate: number): Effect {
  const filter = onePole(1 / (2 * Math.PI * tone), sampleRate);
  return (x) => level * filter(clip(drive * x));
}

/** A gain that an envelope drives, 1/(1 + level/threshold), before the same clipping: what it does to a sample depends on the last tenth of a second. */
export function squash(knobs: Knobs, sampleRate: number): Effect {
  const { attack, release, threshold } = knobs;
  const level = envelope(attack, release, sampleRate);
  const behind = distortion(knobs, sampleRate);
  return (x) => behind(x / (1 + level(x) / threshold));
}

export const pedals = { distortion, squash } as const;
export type PedalName = keyof typeof pedals;
