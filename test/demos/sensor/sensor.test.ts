import { beforeAll, describe, expect, it } from 'vitest';
import type { Made } from '../../../demos/sensor-websocket/sensor/reading.js';
import { Sensor } from '../../../demos/sensor-websocket/sensor/sensor.js';
import { createBareRuntime, loadKernels, type Runtime } from '../../../src/bare.js';
import { decodeCheckpoint, encodeCheckpoint } from '../../../src/checkpoint/index.js';

let runtime: Runtime;
let bench: { runtime: Runtime };
beforeAll(async () => {
  runtime = createBareRuntime(await loadKernels());
  bench = { runtime };
});

const step = (sensor: Sensor, time: number, ...values: number[]): Made => {
  const made: Made[] = [];
  const reading = { sensor: 'a', time, timed: true, values: Float64Array.from(values), arrived: 0 };
  sensor.step(reading, (out) => made.push(out.made));
  return made[0];
};
const wave = (i: number) => 100 + 10 * Math.sin(i / 6);

describe('a sensor', () => {
  it('is expected to stay as it is, until its network has learned better', () => {
    const sensor = new Sensor(bench, 'a', 1);
    expect(step(sensor, 0, 7).next).toEqual(Float64Array.of(7));
    for (let i = 0; i < 2000; i++) step(sensor, i, wave(i));
    expect(Number(sensor.summary(0).skill)).toBeGreaterThan(0.5);
    sensor.dispose();
  });

  it('has an alarm where a value jumps out, says which row, and learns on unhurt', () => {
    const sensor = new Sensor(bench, 'a', 1);
    for (let i = 0; i < 400; i++) step(sensor, 1000 * i, wave(i));
    const before = sensor.anomalies;
    expect(step(sensor, 400_000, 1e9).scored).toMatchObject({
      alarm: expect.any(String),
      values: Float64Array.of(1e9),
    });
    expect(sensor.anomalies).toBe(before + 1);
    for (let i = 401; i < 800; i++) step(sensor, 1000 * i, wave(i));
    const { next } = step(sensor, 800_000, wave(800));
    expect(Math.abs(next[0] - wave(801))).toBeLessThan(10);
    sensor.dispose();
  });

  it('keeps forecasting through gaps, a channel at a time', () => {
    const sensor = new Sensor(bench, 'a', 2);
    expect(step(sensor, 0, Number.NaN, 1).next).toEqual(Float64Array.of(Number.NaN, 1));
    for (let i = 0; i < 100; i++) step(sensor, i, i % 3 === 0 ? Number.NaN : 5, Number.NaN);
    const { next } = step(sensor, 100, Number.NaN, Number.NaN);
    expect(Math.abs(next[0] - 5)).toBeLessThan(1);
    expect(Number.isFinite(next[1])).toBe(true);
    expect(sensor.history.point(2).values).toEqual([null, null]);
    sensor.dispose();
  });

  it('goes on bit for bit from its checkpoint, wherever it is cut', () => {
    for (const cut of [1, 7, 63, 64, 65, 601, 950]) {
      const whole = new Sensor(bench, 'a', 1);
      for (let i = 0; i < cut; i++) step(whole, 2000 * i, i % 11 === 0 ? Number.NaN : wave(i));
      const file = encodeCheckpoint({ epoch: 1, offset: cut, definition: null, weights: {}, state: whole.snapshot() });
      const again = Sensor.from(bench, 'a', decodeCheckpoint(file).state);
      for (let i = cut; i < cut + 100; i++)
        expect(step(again, 2000 * i, wave(i))).toEqual(step(whole, 2000 * i, wave(i)));
      expect(again.history.since(1)).toEqual(whole.history.since(1));
      expect(again.summary(0)).toEqual(whole.summary(0));
      whole.dispose();
      again.dispose();
    }
  });

  it('is not changed by being watched', () => {
    const [alone, watched] = [new Sensor(bench, 'a', 1), new Sensor(bench, 'a', 1)];
    for (let i = 0; i < 300; i++) {
      if (i === 100) watched.networks.watched = true;
      if (i === 200) watched.networks.watched = false;
      const made = step(watched, 1000 * i, wave(i) + (i % 5));
      if (i % 10 === 0) watched.networks.view();
      expect(made).toEqual(step(alone, 1000 * i, wave(i) + (i % 5)));
    }
    alone.dispose();
    watched.dispose();
  });

  it('gives back all the heap that it took', () => {
    const before = runtime.heap.bytesInUse;
    for (let round = 0; round < 20; round++) {
      const sensor = new Sensor(bench, 'a', 3);
      sensor.networks.watched = true;
      for (let i = 0; i < 50; i++) step(sensor, i, i, i, i);
      sensor.networks.configure({ units: 24, cell: 'rnn' });
      sensor.dispose();
    }
    expect(runtime.heap.bytesInUse).toBe(before);
  });

  it('refuses a record that is none of its own', () => {
    const sensor = new Sensor(bench, 'a', 1);
    step(sensor, 0, 1);
    const before = runtime.heap.bytesInUse;
    const record = sensor.snapshot();
    for (const name of Object.keys(record))
      expect(() => Sensor.from(bench, 'a', { ...record, [name]: 'something else' })).toThrow();
    expect(runtime.heap.bytesInUse).toBe(before);
    sensor.dispose();
  });
});
