import { EddyError } from '../../src/core/errors.js';
import type { WavInput } from './readWav.js';

/** Two sounds that belong together, sample by sample. */
export interface Pairs {
  /** Samples of a channel; undefined where neither gives them. */
  readonly length: number | undefined;
  /** Chunks of both, one array a channel, of one length. Fails with `invalid-file` where one ends before the other. */
  chunks(): AsyncGenerator<[dry: Float32Array[], wet: Float32Array[]]>;
  /** Samples of the wet sound so far that stand at full scale. */
  atFullScale(): number;
}

/** The largest that 16 bits hold. */
const FULL_SCALE = 32767 / 32768;

/** @throws EddyError `invalid-option` where rates, channels or lengths differ */
export function pairs(dry: WavInput, wet: WavInput): Pairs {
  const differ = (what: string, a: unknown, b: unknown, remedy: string) =>
    new EddyError(
      'invalid-option',
      `learn: ${dry.name} and ${wet.name} must have one ${what}, got ${String(a)} and ${String(b)}; ${remedy}`,
    );
  if (dry.format.sampleRate !== wet.format.sampleRate) {
    throw differ(
      'rate',
      dry.format.sampleRate,
      wet.format.sampleRate,
      'resample one, e.g. sox in.wav -r 44100 out.wav',
    );
  }
  if (dry.format.channels !== wet.format.channels) {
    throw differ(
      'number of channels',
      dry.format.channels,
      wet.format.channels,
      'mix one down, e.g. sox in.wav -c 1 out.wav',
    );
  }
  if (dry.length !== undefined && wet.length !== undefined && dry.length !== wet.length) {
    throw differ('length', `${dry.length}`, `${wet.length} samples`, 'cut them so that they begin and end together');
  }
  let full = 0;
  return {
    length: dry.length ?? wet.length,
    atFullScale: () => full,
    async *chunks() {
      const wets = wet.chunks();
      let rest: Float32Array[] = [];
      let samples = 0;
      for await (const x of dry.chunks()) {
        let at = 0;
        while (at < x[0].length) {
          if (rest.length === 0 || rest[0].length === 0) {
            const next = await wets.next();
            if (next.done) throw endsFirst(wet.name, dry.name, samples);
            rest = next.value;
          }
          const n = Math.min(rest[0].length, x[0].length - at);
          const y = rest.map((plane) => plane.subarray(0, n));
          for (const plane of y) for (const sample of plane) if (Math.abs(sample) >= FULL_SCALE) full++;
          yield [x.map((plane) => plane.subarray(at, at + n)), y];
          rest = rest.map((plane) => plane.subarray(n));
          at += n;
          samples += n;
        }
      }
      const more = rest.length > 0 && rest[0].length > 0 ? false : (await wets.next()).done;
      if (!more) throw endsFirst(dry.name, wet.name, samples);
    },
  };
}

const endsFirst = (shorter: string, longer: string, samples: number) =>
  new EddyError(
    'invalid-file',
    `${shorter}: ends after ${samples} samples, before ${longer} does; what was learned until then is kept: cut them so that they begin and end together`,
  );
