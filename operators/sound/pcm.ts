import type { OperatorFunction } from 'rxjs';
import { EddyError } from '../../src/core/errors.js';
import { isList } from '../../src/core/snapshot.js';
import { disposing, type OpenStage, type SnapshotValue } from '../../src/core/stage.js';
import { asOperator } from '../streams/asOperator.js';

/** How a sample is laid out in its bytes, little endian throughout. */
export type PcmFormat = 'int16' | 'int24' | 'float32';

export interface PcmOptions {
  /** Default 'int16'. */
  format?: PcmFormat;
  /** Interleaved channels, an integer ≥ 1. Default 1. */
  channels?: number;
}

/**
 * Decodes raw PCM audio, in chunks of bytes cut anywhere (also inside a sample), into samples.
 *
 *     source                    --[0 64 0]--[32 0 192]--|
 *     pcm({ format: 'int16' })  --[.5]------[.25 -.5]---|
 *
 * Integers become full scale 1: int16 is divided by 2^15, int24 by 2^23, both exact in float32. A float32 that is not finite
 * travels on: it is for the next operator's `onInvalid` to handle.
 *
 * - Emits:  for each chunk that completes at least one sample of every channel one Float32Array of them, channels interleaved.
 * - Fails:  on a chunk that is not a Uint8Array or ArrayBuffer, and when the stream ends inside a sample.
 * - State:  the bytes of the sample that the last chunk cut.
 *
 *     microphone$.pipe(pcm({ format: 'int16' }), mergeMap((samples) => samples), frame(512, 256))
 */
export const pcm = (options: PcmOptions = {}): OperatorFunction<Uint8Array | ArrayBuffer, Float32Array> =>
  asOperator(pcmStage(options));

const FORMATS: Record<PcmFormat, { bytes: number; read: (view: DataView, at: number) => number }> = {
  int16: { bytes: 2, read: (view, at) => view.getInt16(at, true) / 32768 },
  int24: { bytes: 3, read: (view, at) => (view.getInt8(at + 2) * 65536 + view.getUint16(at, true)) / 8388608 },
  float32: { bytes: 4, read: (view, at) => view.getFloat32(at, true) },
};

// Over 60 lines: one closure over one run's state, which every step reads and writes.
export function pcmStage({
  format = 'int16',
  channels = 1,
}: PcmOptions = {}): () => OpenStage<Uint8Array | ArrayBuffer, Float32Array> {
  if (!Object.hasOwn(FORMATS, format)) {
    throw new EddyError(
      'invalid-option',
      `pcm: format must be 'int16', 'int24' or 'float32', got ${format}; convert it first`,
    );
  }
  if (!(Number.isInteger(channels) && channels >= 1)) {
    throw new EddyError(
      'invalid-option',
      `pcm: channels must be an integer ≥ 1, got ${channels}; leave it out for mono`,
    );
  }
  const { bytes, read } = FORMATS[format];
  const row = bytes * channels;
  return () => {
    const cut = new Uint8Array(row);
    let kept = 0;
    let index = 0;

    return {
      step(chunk, emit) {
        const fresh = toBytes(chunk, index + 1);
        index++;
        const whole = Math.floor((kept + fresh.length) / row) * row;
        if (whole === 0) {
          cut.set(fresh, kept);
          kept += fresh.length;
          return;
        }
        const used = whole - kept;
        const joined = new Uint8Array(whole);
        joined.set(cut.subarray(0, kept));
        joined.set(fresh.subarray(0, used), kept);
        cut.set(fresh.subarray(used));
        kept = fresh.length - used;
        const view = new DataView(joined.buffer);
        emit(Float32Array.from({ length: whole / bytes }, (_, i) => read(view, i * bytes)));
      },
      complete() {
        if (kept > 0) {
          throw new EddyError(
            'invalid-sample',
            `pcm: the stream must end after a whole row of ${row} bytes, got ${kept} bytes more; check format and channels`,
          );
        }
      },
      snapshot: () => ({ index, cut: Array.from(cut.subarray(0, kept)) }),
      restore(from) {
        const left = from.cut;
        if (typeof from.index !== 'number' || !isBytes(left) || left.length >= row) {
          throw new EddyError(
            'invalid-state',
            `pcm: a snapshot has an index and fewer than ${row} cut bytes; restore what snapshot() gave, into the same options`,
          );
        }
        index = from.index;
        kept = left.length;
        cut.set(left);
      },
      ...disposing(),
    };
  };
}

/** By tag, not by constructor: a Buffer is a Uint8Array too, and a chunk may come from another realm. */
function toBytes(chunk: unknown, index: number): Uint8Array {
  const tag = Object.prototype.toString.call(chunk).slice(8, -1);
  if (ArrayBuffer.isView(chunk) && tag === 'Uint8Array') {
    return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  }
  if (chunk instanceof ArrayBuffer) return new Uint8Array(chunk);
  throw new EddyError(
    'invalid-sample',
    `pcm: chunk ${index} must be a Uint8Array or an ArrayBuffer, got ${tag}; read the stream as bytes, without an encoding`,
  );
}

const isBytes = (value: SnapshotValue | undefined): value is readonly number[] =>
  isList(value) && value.every((byte) => typeof byte === 'number' && Number.isInteger(byte) && byte >= 0 && byte < 256);
