import type { Made } from '../sensor/reading.js';
import { Bucket } from './bucket.js';
import type { Dropped } from './dropped.js';
import { type Frame, type FrameDefaults, FrameError, readBinary, readText } from './frames.js';
import { LIMITS } from './limits.js';
import { sensorName } from './sensorName.js';
import type { Sensors } from './sensors.js';

/** Takes one connection's frames to its sensors, within what one connection may do. */
export class Readings {
  readonly #names = new Set<string>();
  readonly #bucket: Bucket;

  constructor(
    private readonly sensors: Sensors,
    private readonly dropped: Dropped,
    private readonly defaults: FrameDefaults,
    /** Where the forecasts go, if whoever sends wants them. */
    private readonly answer?: (answer: object) => void,
  ) {
    this.#bucket = new Bucket(LIMITS.numbersPerSecond, LIMITS.numbersAtOnce, performance.now());
  }

  /** @throws FrameError where the frame is not to the protocol. */
  take(data: Uint8Array, isBinary: boolean): void {
    const arrived = performance.now();
    const now = Date.now();
    const frame = isBinary
      ? readBinary(data, this.defaults, now)
      : readText(new TextDecoder().decode(data), this.defaults, now);
    this.#admit(frame.sensor);
    if (frame.notFinite > 0) this.dropped.add('not-finite', frame.notFinite);
    if (frame.rows) this.#push(frame.sensor, frame.rows, arrived);
    else if (this.#bucket.take(arrived, LIMITS.question)) void this.#tell(frame.sensor);
    else this.dropped.add('rate');
  }

  #push(sensor: string, rows: NonNullable<Frame['rows']>, arrived: number): void {
    const { answer } = this;
    const reply = answer && ((made: Made) => answer(answerOf(sensor, made)));
    for (const row of rows) {
      if (this.#bucket.take(arrived, row.values.length))
        this.sensors.push({ sensor, ...row, arrived, ...(reply && { reply }) });
      else this.dropped.add('rate');
    }
  }

  /** Answers the question where a sensor stands, so that a source can go on from there. */
  async #tell(sensor: string): Promise<void> {
    const rows = await this.sensors.rows(sensor);
    this.answer?.({ sensor, rows });
  }

  #admit(sensor: string): void {
    this.#names.add(sensor);
    if (this.#names.size > LIMITS.sensorsPerConnection)
      throw new FrameError(1008, `a connection may speak for ${LIMITS.sensorsPerConnection} sensors`);
  }
}

/** What the address says of the frames that follow: `?sensor=NAME&channels=3&interval=20`. */
export function defaultsOf(url: URL): FrameDefaults {
  const sensor = url.searchParams.get('sensor');
  const channels = Number(url.searchParams.get('channels') ?? 1);
  const interval = Number(url.searchParams.get('interval') ?? 0);
  if (sensor !== null && sensorName(sensor) === undefined)
    throw new FrameError(1008, `sensor must be a name of 1 to ${LIMITS.name} printable characters`);
  if (!(Number.isInteger(channels) && channels >= 1 && channels <= LIMITS.channels))
    throw new FrameError(1008, `channels must be 1 to ${LIMITS.channels}`);
  if (!(interval >= 0 && interval < 1e12)) throw new FrameError(1008, 'interval must be milliseconds');
  return { sensor: sensor ?? undefined, channels, interval };
}

const numbers = (values: Float64Array) => Array.from(values, (value) => (Number.isFinite(value) ? value : null));

const answerOf = (sensor: string, { index, scored, next }: Made) => ({
  sensor,
  index,
  forecast: numbers(scored.forecast),
  low: numbers(scored.low),
  high: numbers(scored.high),
  score: scored.score,
  ...(scored.alarm !== undefined && { alarm: scored.alarm }),
  next: numbers(next),
});
