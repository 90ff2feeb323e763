import { frame, mel, pcm } from 'rx-eddy/operators';
import { map, type OperatorFunction, pipe } from 'rxjs';

export const RATE = 44100;
export const BANDS = 40;
/** Frames overlap: 46 ms long, so that a pitch of 100 Hz shows, one every 10 ms. */
const [SIZE, HOP] = [2048, 441];
export const FRAMES_A_SECOND = RATE / HOP;

/** Of a frame's middle, in seconds. */
export const timeOf = (index: number): number => (index * HOP + SIZE / 2) / RATE;

/** Bytes of 16-bit mono sound to log-mel features, about −1 at silence and 1 where it is loud; chunks may be cut anywhere. */
export const features = (): OperatorFunction<Uint8Array, Float32Array> =>
  pipe(
    pcm({ format: 'int16' }),
    frame(SIZE, HOP, { window: 'hann' }),
    mel(SIZE, { sampleRate: RATE, bands: BANDS, from: 50, to: 8000 }),
    map((bands) => bands.map((energy) => (energy + 8) / 12)),
  );
