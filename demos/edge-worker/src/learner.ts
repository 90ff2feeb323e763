import { createBareRuntime, type Stage } from 'rx-eddy/bare';
import { type CheckpointStore, createSaver, type Saver } from 'rx-eddy/checkpoint';
import kernels from 'rx-eddy/eddy.wasm';
import { type Anomaly, createForecastEngineOn } from 'rx-eddy/operators';
import { asRecord } from './record.js';
import { Refusal } from './refusal.js';
import type { Answer, Past } from './replies.js';
import { createSensorStage } from './sensorStage.js';

/** The name of an object's only checkpoint. */
export const KEY = 'sensor';

/** One runtime and one heap for all objects of the isolate. */
const runtime = createBareRuntime(kernels);

/** A sensor's forecasts in memory, as of its last checkpoint or ahead of it. */
export class Learner implements Past {
  #taken: number;
  #answer: Answer | undefined;

  private constructor(
    private readonly stage: Stage<number, Anomaly>,
    private readonly saver: Saver,
    past: Past,
  ) {
    this.#taken = past.taken;
    this.#answer = past.answer;
  }

  /** Goes on from the store's checkpoint, or begins a new sensor. */
  static async open(store: CheckpointStore): Promise<Learner> {
    const engine = createForecastEngineOn(runtime, {}, 1);
    const stage = createSensorStage(engine);
    try {
      const { last, saver } = await createSaver(store, KEY, { model: engine.models[0] });
      if (last) stage.restore?.(asRecord(last.state.stage));
      return new Learner(stage, saver, { taken: last?.offset ?? 0, answer: last && answerIn(last.state) });
    } catch (error) {
      stage.dispose();
      throw error;
    }
  }

  get taken(): number {
    return this.#taken;
  }

  get answer(): Answer | undefined {
    return this.#answer;
  }

  /** Takes samples that follow on what has been taken. Only `save` makes it last. */
  take(sensor: string, values: Float32Array, duplicates: number): Answer {
    const rows: Anomaly[] = [];
    for (const value of values) this.stage.step(value, (row) => rows.push(row));
    const first = this.#taken + 1;
    this.#taken += values.length;
    this.#answer = {
      ...{ type: 'answer', sensor, first, taken: this.#taken, duplicates },
      value: [...values],
      forecast: rows.map(({ next }) => next.forecast),
      low: rows.map(({ next }) => next.low),
      high: rows.map(({ next }) => next.high),
      score: rows.map(({ score }) => score),
      alarm: rows.map(({ alarm }) => alarm),
    };
    return this.#answer;
  }

  /** Fails with Refusal `storage`: the learner is ahead of what lasts then, and of no use. */
  async save(): Promise<void> {
    const state = { stage: this.stage.snapshot?.() ?? null, answer: JSON.stringify(this.#answer) };
    this.saver.save(this.#taken, state);
    try {
      await this.saver.flush();
    } catch (error) {
      const reason = error instanceof Error ? error.message : error;
      throw new Refusal('storage', `the frame could not be kept, nothing was learned: ${reason}; send it again`);
    }
  }

  /** Gives its part of the heap back. */
  close(): void {
    this.stage.dispose();
  }
}

/** The last answer in a checkpoint's state. */
export function answerIn(state: { readonly answer?: unknown }): Answer | undefined {
  return typeof state.answer === 'string' ? JSON.parse(state.answer) : undefined;
}

/** Bytes of the heap in use, and its size: the same for every object of the isolate. */
export const heap = () => ({ inUse: runtime.heap.bytesInUse, size: runtime.heap.f32.byteLength });
