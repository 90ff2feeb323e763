import type { Snapshot, Telemetry } from 'rx-eddy';
import type { Saver } from 'rx-eddy/checkpoint';
import { keyed } from 'rx-eddy/operators';
import { type Observable, Subject, share } from 'rxjs';
import type { SensorSummary } from '../protocol.js';
import type { Bench } from '../sensor/network.js';
import type { Made, Reading } from '../sensor/reading.js';
import { Sensor } from '../sensor/sensor.js';
import { createCheckpoints } from './checkpoints.js';
import type { Dropped, DropReason } from './dropped.js';
import { LIMITS } from './limits.js';
import { Rate } from './rate.js';

export interface SensorsOptions {
  bench: Bench;
  folder: string;
  /** Sensors whose state is in memory; the one heard of longest ago makes room, and comes back from its checkpoint. */
  maxSensors: number;
  /** Milliseconds between two checkpoints of a sensor that speaks. */
  checkpointMs: number;
  telemetry: Telemetry;
  dropped: Dropped;
  warn: (text: string) => void;
}

const IDLE_MS = 3_600_000;
/** A sensor whose checkpoint could not be read is tried again after this. */
const BROKEN_MS = 60_000;
/** Checkpoints are written one after the other, this far apart at least: no row waits for more than one. */
const SAVE_EVERY_MS = 10;

interface Entry {
  readonly name: string;
  readonly rate: Rate;
  /** Rows that came while its checkpoint was read or written. */
  queue: Reading[];
  sensor: Sensor | undefined;
  saver: Saver | undefined;
  saved: number;
  savedAt: number;
  broken: boolean;
  /** Settles when its checkpoint has been read or written. */
  turn: Promise<void>;
  /** Whether a row has reached its stage: from then on it is the stream's to close. */
  running: boolean;
}

/** All sensors: a stream of readings in, of forecasts out; each sensor's stage is opened from its checkpoint, and saved to it. */
export class Sensors {
  /** Sensors that have come, over all: tells that there is a new one. */
  begun = 0;
  readonly made: Observable<{ reading: Reading; made: Made }>;
  readonly #options: SensorsOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #readings = new Subject<Reading>();
  readonly #saving: NodeJS.Timeout;

  constructor(options: SensorsOptions) {
    this.#options = options;
    const { maxSensors, telemetry } = options;
    const out = new Subject<{ reading: Reading; made: Made }>();
    this.made = out.pipe(share());
    this.#readings
      .pipe(
        keyed(
          ({ sensor }) => sensor,
          (name) => this.#prepared(name),
          { maxKeys: maxSensors, idleMs: IDLE_MS, telemetry, onEvict: (name, state) => this.#evicted(name, state) },
        ),
      )
      .subscribe({
        next: ({ value }) => out.next(value),
        error: (error: unknown) => out.error(error),
      });
    this.#saving = setInterval(() => this.#saveNext(), SAVE_EVERY_MS);
  }

  /** Takes a row; it waits while its sensor's checkpoint is being read. */
  push(reading: Reading): void {
    const reason = this.#take(reading);
    if (reason) this.#options.dropped.add(reason);
  }

  get(name: string): Sensor | undefined {
    return this.#entries.get(name)?.sensor;
  }

  /** Rows that a sensor's checkpoint or state has seen; undefined where it cannot be read. */
  async rows(name: string): Promise<number | undefined> {
    // One whose checkpoint is being read or written is waited for.
    let entry = this.#entries.get(name);
    for (; entry && !entry.sensor && !entry.broken; entry = this.#entries.get(name)) await entry.turn;
    if (entry) return entry.sensor?.history.count;
    const { folder, warn } = this.#options;
    try {
      const { last } = await createCheckpoints(folder, name, () => {});
      return this.get(name)?.history.count ?? last?.offset ?? 0;
    } catch (error) {
      warn(String(error));
      return undefined;
    }
  }

  get size(): number {
    return this.#entries.size;
  }

  summaries(): SensorSummary[] {
    return Array.from(this.#entries.values()).flatMap(({ sensor, rate }) =>
      sensor && sensor.history.count > 0 ? [sensor.summary(rate.perSecond)] : [],
    );
  }

  /** Called about once a second. */
  tick(now: number): void {
    for (const { name, rate, broken, savedAt } of this.#entries.values()) {
      rate.tick(now);
      if (broken && now - savedAt > BROKEN_MS) this.#entries.delete(name);
    }
  }

  /** Saves every sensor that has learned something since its last checkpoint. */
  async close(): Promise<void> {
    clearInterval(this.#saving);
    for (const entry of this.#entries.values()) this.#save(entry);
    await Promise.allSettled(Array.from(this.#entries.values(), ({ saver }) => saver?.flush()));
    this.#readings.complete();
  }

  /** Why a row could not be used. */
  #take(reading: Reading): DropReason | undefined {
    const known = this.#entries.get(reading.sensor);
    if (!known && this.#entries.size >= 2 * this.#options.maxSensors) return 'sensors';
    const entry = known ?? this.#begin(reading.sensor, reading.values.length);
    if (entry.broken) return 'checkpoint';
    if (!entry.sensor) {
      if (entry.queue.length >= LIMITS.queued) return 'opening';
      entry.queue.push(reading);
      return undefined;
    }
    if (entry.sensor.channels !== reading.values.length) return 'width';
    entry.rate.add();
    this.#readings.next(reading);
    return undefined;
  }

  #begin(name: string, channels: number): Entry {
    const now = performance.now();
    const entry: Entry = {
      name,
      rate: new Rate(now),
      queue: [],
      sensor: undefined,
      saver: undefined,
      saved: 0,
      savedAt: now,
      broken: false,
      turn: Promise.resolve(),
      running: false,
    };
    this.#entries.set(name, entry);
    entry.turn = this.#open(entry, channels);
    return entry;
  }

  async #open(entry: Entry, channels: number): Promise<void> {
    const { bench, folder, warn } = this.#options;
    try {
      const { last, saver, warnings } = await createCheckpoints(folder, entry.name, (error) => warn(String(error)));
      for (const warning of warnings) warn(warning);
      entry.sensor = last ? Sensor.from(bench, entry.name, last.state) : new Sensor(bench, entry.name, channels);
      entry.saver = saver;
      entry.saved = last?.offset ?? 0;
      entry.savedAt = performance.now();
    } catch (error) {
      // Nothing begins anew in silence over a checkpoint that cannot be read.
      warn(`sensor ${JSON.stringify(entry.name)} is not heard: ${String(error)}; remove its checkpoint to begin anew`);
      entry.broken = true;
    }
    for (const reading of entry.queue.splice(0)) this.push(reading);
    if (entry.sensor && !entry.running) {
      entry.sensor.dispose();
      this.#entries.delete(entry.name);
    }
  }

  #prepared(name: string): Sensor {
    const entry = this.#entries.get(name);
    if (entry?.sensor) {
      entry.running = true;
      this.begun++;
      return entry.sensor;
    }
    throw new Error('a sensor is opened before its rows come');
  }

  /** Its state goes to its checkpoint; rows that come meanwhile wait, and open it again. */
  #evicted(name: string, state: Snapshot | undefined): void {
    const entry = this.#entries.get(name);
    if (!entry?.sensor || !state) return;
    const rows = entry.sensor.history.count;
    entry.sensor = undefined;
    if (rows >= LIMITS.worthKeeping) entry.saver?.save(rows, state);
    const written = entry.saver?.flush() ?? Promise.resolve();
    entry.turn = written
      .catch(() => {}) // the saver has said so
      .then(() => {
        this.#entries.delete(name);
        for (const reading of entry.queue.splice(0)) this.push(reading);
      });
  }

  #saveNext(): void {
    const now = performance.now();
    for (const entry of this.#entries.values()) {
      if (now - entry.savedAt < this.#options.checkpointMs || entry.saver?.busy) continue;
      if (this.#save(entry)) return;
    }
  }

  #save(entry: Entry): boolean {
    const rows = entry.sensor?.history.count ?? 0;
    if (!entry.sensor || rows === entry.saved || rows < LIMITS.worthKeeping) return false;
    entry.saver?.save(rows, entry.sensor.snapshot());
    entry.saved = rows;
    entry.savedAt = performance.now();
    return true;
  }
}
