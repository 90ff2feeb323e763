import { LIMITS } from './limits.js';
import { sensorName } from './sensorName.js';

export interface Row {
  time: number;
  timed: boolean;
  values: Float64Array;
}

/** What a frame said: rows of a sensor, or, without values, the question where the sensor stands. */
export interface Frame {
  sensor: string;
  rows: Row[] | undefined;
  /** Rows that had a number no network can learn from. */
  notFinite: number;
}

/** What a connection's address has said of all its frames. */
export interface FrameDefaults {
  sensor: string | undefined;
  channels: number;
  /** Milliseconds between the rows of a batch. */
  interval: number;
}

/** A frame that is not to the protocol: the close code that answers it, and why. */
export class FrameError extends Error {
  constructor(
    readonly code: 1003 | 1007 | 1008,
    message: string,
  ) {
    super(message);
  }
}

/** Reads `{ sensor, t, values, interval }`; or, where the address names the sensor, `values` alone. */
export function readText(text: string, defaults: FrameDefaults, now: number): Frame {
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch {
    throw new FrameError(1007, 'a text frame must be JSON');
  }
  const bare = typeof said === 'number' || Array.isArray(said);
  const { sensor = defaults.sensor, t, values, interval = defaults.interval } = bare ? { values: said } : fields(said);
  const name = sensorName(sensor);
  if (name === undefined)
    throw new FrameError(1008, `sensor must be a name of 1 to ${LIMITS.name} printable characters`);
  if (values === undefined) return { sensor: name, rows: undefined, notFinite: 0 };
  if (!(typeof interval === 'number' && interval >= 0 && interval < 1e12))
    throw new FrameError(1008, 'interval must be milliseconds');
  const rows = rowsOf(values);
  const times = timesOf(t, rows.length, interval, now);
  return framed(
    name,
    rows.map((row, i) => ({ time: times[i], timed: t !== undefined, values: row })),
  );
}

/** Reads rows of little-endian float32 numbers; the connection's address names the sensor. */
export function readBinary(bytes: Uint8Array, { sensor, channels, interval }: FrameDefaults, now: number): Frame {
  if (sensor === undefined) throw new FrameError(1003, 'binary frames need ?sensor=NAME in the address');
  const size = 4 * channels;
  const count = bytes.byteLength / size;
  if (!(Number.isInteger(count) && count >= 1 && count <= LIMITS.rowsPerFrame))
    throw new FrameError(1008, `a binary frame must be 1 to ${LIMITS.rowsPerFrame} rows of ${channels} float32`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const rows = Array.from({ length: count }, (_, r) => ({
    time: now - (count - 1 - r) * interval,
    timed: false,
    values: Float64Array.from({ length: channels }, (_, c) => view.getFloat32(r * size + 4 * c, true)),
  }));
  // Binary has no word for a missing value: NaN is a fault of the sensor's.
  return framed(sensor, rows, (value) => Number.isFinite(value));
}

interface Fields {
  sensor?: unknown;
  t?: unknown;
  values?: unknown;
  interval?: unknown;
}

/** Own fields by name; whatever else the object has is not looked at. */
function fields(said: unknown): Fields {
  if (typeof said !== 'object' || said === null) throw new FrameError(1008, 'a frame must be { sensor, t, values }');
  const own: Fields = {};
  for (const name of ['sensor', 't', 'values', 'interval'] as const) {
    const value: unknown = Object.getOwnPropertyDescriptor(said, name)?.value;
    if (value !== undefined) own[name] = value;
  }
  return own;
}

/** A number is a row, a list of numbers a row of several channels, a list of lists several rows. */
function rowsOf(values: unknown): Float64Array[] {
  const rows: readonly unknown[] = Array.isArray(values) && Array.isArray(values[0]) ? values : [values];
  if (rows.length > LIMITS.rowsPerFrame)
    throw new FrameError(1008, `a frame must have at most ${LIMITS.rowsPerFrame} rows`);
  return rows.map((row) => {
    const numbers: readonly unknown[] = Array.isArray(row) ? row : [row];
    if (numbers.length < 1 || numbers.length > LIMITS.channels)
      throw new FrameError(1008, `a row must have 1 to ${LIMITS.channels} numbers`);
    return Float64Array.from(numbers, (value) => {
      if (value === null) return Number.NaN;
      if (typeof value === 'number') return value;
      throw new FrameError(1008, 'values must be numbers, or null where one is missing');
    });
  });
}

function timesOf(t: unknown, count: number, interval: number, now: number): number[] {
  if (t === undefined) return Array.from({ length: count }, (_, i) => now - (count - 1 - i) * interval);
  const times: unknown[] = Array.isArray(t)
    ? t
    : Array.from({ length: count }, (_, i) => (typeof t === 'number' ? t + i * interval : t));
  if (times.length !== count) throw new FrameError(1008, 't must be a time, or one for each row');
  return times.map((time) => {
    if (typeof time === 'number' && Math.abs(time) <= 8.64e15) return time;
    throw new FrameError(1008, 't must be milliseconds since 1970');
  });
}

const orMissing = (value: number) => Number.isNaN(value) || Number.isFinite(value);

/** Rows with a number that is too large, or none, are left out and counted; the others stand. */
function framed(sensor: string, rows: Row[], fits: (value: number) => boolean = orMissing): Frame {
  const good = rows.filter(({ values }) =>
    values.every((value) => fits(value) && !(Math.abs(value) > LIMITS.magnitude)),
  );
  return { sensor, rows: good, notFinite: rows.length - good.length };
}
