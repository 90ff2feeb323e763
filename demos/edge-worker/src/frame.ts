import { FRAME_BYTES, FRAME_SAMPLES, LARGEST } from './limits.js';
import { Refusal } from './refusal.js';

/** Samples that follow one another. */
export interface Frame {
  /** The sequence number of the first: a sensor's samples are 1, 2, 3 … */
  readonly first: number;
  readonly values: Float32Array;
}

/**
 * Reads a frame: JSON text `{"first": 1, "values": [20.5, 20.7]}`, or bytes, little-endian: `first` as a float64, then each value as a float32.
 * Values are float32 either way, so that both formats give the same bits.
 *
 * @throws Refusal `too-large`, `malformed`, `invalid-sample`.
 */
export function readFrame(message: string | ArrayBuffer): Frame {
  const size = typeof message === 'string' ? message.length : message.byteLength;
  if (size > FRAME_BYTES) throw new Refusal('too-large', `a frame must have at most ${FRAME_BYTES} bytes, got ${size}`);
  const { first, values } = typeof message === 'string' ? readJson(message) : readBytes(message);
  if (!Number.isSafeInteger(first) || first < 1) {
    throw new Refusal('malformed', `first must be a sequence number, a whole number from 1 on, got ${String(first)}`);
  }
  if (values.length < 1 || values.length > FRAME_SAMPLES) {
    throw new Refusal('malformed', `a frame must have 1 to ${FRAME_SAMPLES} values, got ${values.length}`);
  }
  return { first, values: Float32Array.from(values, (value, i) => checked(value, first + i)) };
}

function checked(value: unknown, sequence: number): number {
  if (typeof value === 'number' && Math.abs(value) <= LARGEST) return value;
  throw new Refusal('invalid-sample', `sample ${sequence} must be a finite float32, got ${String(value)}`);
}

function readJson(text: string): { first: number; values: readonly unknown[] } {
  const frame = parse(text);
  if (typeof frame !== 'object' || frame === null || !('first' in frame && 'values' in frame)) {
    throw new Refusal('malformed', 'a frame must be {"first": …, "values": […]}');
  }
  const other = Object.keys(frame).find((name) => name !== 'first' && name !== 'values');
  if (other !== undefined)
    throw new Refusal('malformed', `a frame must have "first" and "values" only, got "${other}"`);
  const { first, values } = frame;
  if (typeof first !== 'number' || !Array.isArray(values)) {
    throw new Refusal('malformed', '"first" must be a number and "values" an array');
  }
  return { first, values };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Refusal('malformed', `a frame must be JSON: ${error instanceof Error ? error.message : error}`);
  }
}

const HEADER = 8;

function readBytes(bytes: ArrayBuffer): { first: number; values: readonly number[] } {
  const count = (bytes.byteLength - HEADER) / 4;
  if (!Number.isInteger(count) || count < 0) {
    throw new Refusal('malformed', `a binary frame must have ${HEADER} bytes and 4 a value, got ${bytes.byteLength}`);
  }
  const view = new DataView(bytes);
  const values = Array.from({ length: count }, (_, i) => view.getFloat32(HEADER + 4 * i, true));
  return { first: view.getFloat64(0, true), values };
}

/** A frame as bytes: what `readFrame` reads. */
export function writeFrame({ first, values }: Frame): ArrayBuffer {
  const bytes = new ArrayBuffer(HEADER + 4 * values.length);
  const view = new DataView(bytes);
  view.setFloat64(0, first, true);
  values.forEach((value, i) => {
    view.setFloat32(HEADER + 4 * i, value, true);
  });
  return bytes;
}
