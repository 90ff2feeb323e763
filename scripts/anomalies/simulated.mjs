import { createRandom } from '../../dist/src/core/random.js';
import { apart, bursts, busy, exponential, rowsOf, somewhere, wander } from './draws.mjs';

const START = Date.UTC(2024, 3, 1);
const MINUTE = 60_000;

/**
 * Simulated streams of the kinds that monitoring meets, drawn from their public descriptions and not from any file: a day's square wave, sine
 * or office hours, machine and room temperatures, latencies, idle and busy processors, disk and network traffic, road sensors, keystrokes,
 * prices of clicks, mentions of a company. Each with the anomalies that are named there, or with none. Windows are a tenth of the rows, shared, around each.
 */
export function simulatedSeries(seeds, kinds = KINDS) {
  return seeds.flatMap((seed) =>
    Object.entries(kinds).map(([name, draw], k) => {
      const random = createRandom(1000 * seed + k);
      const { values, at, minutes = 5, irregular = 0 } = draw(random);
      const rows = values.length;
      const width = at.length > 0 ? Math.floor((0.1 * rows) / at.length) : 0;
      const windows = at.map((row) => [Math.max(0, row - (width >> 1)), Math.min(rows - 1, row + (width >> 1))]);
      let time = START;
      const times = values.map(() => {
        const now = time;
        time += minutes * MINUTE * (random.uniform() < irregular ? 1 + random.integer(6) : 1);
        return now;
      });
      return { name: `${name} ${seed}`, folder: name, rows, values, times, windows, kinds: at.map(() => name) };
    }),
  );
}

/** Fourteen days with work from 9 to 18: low −20 ± 2, high 80 ± 8; `day` changes the eleventh. */
function officeHours(random, day) {
  const values = rowsOf(4032, (t) => {
    const hour = (t % 288) / 12;
    return hour >= 9 && hour < 18 ? 80 + 16 * (random.uniform() - 0.5) : -20 + 4 * (random.uniform() - 0.5);
  });
  for (let i = 0; i < 288; i++) values[2880 + i] = day(values[2880 + i], i / 12);
  return values;
}
const KINDS = {
  'sine, no noise': () => ({ values: rowsOf(4032, (t) => 50 + 30 * Math.sin((2 * Math.PI * t) / 288)), at: [] }),
  'square wave, no noise': () => ({ values: rowsOf(4032, (t) => (busy((t % 288) / 12) ? 80 : 20)), at: [] }),
  'office hours': (random) => ({ values: officeHours(random, (value) => value), at: [] }),
  'office hours, higher': (random) => ({
    values: officeHours(random, (value, hour) => (busy(hour) ? 2 * value : value)),
    at: [2880 + 108],
  }),
  'office hours, lower': (random) => ({
    values: officeHours(random, (value, hour) => (busy(hour) ? value / 2 - 20 : value)),
    at: [2880 + 108],
  }),
  'office hours, none': (random) => ({
    values: officeHours(random, (value, hour) => (busy(hour) ? -20 + 4 * (random.uniform() - 0.5) : value)),
    at: [2880 + 108],
  }),
  'machine temperature': (random) => {
    const n = 15_000;
    const slow = wander(random, n, 0.9995);
    const quick = wander(random, n, 0.95);
    const values = rowsOf(n, (t) => 85 + 7 * slow[t] + 1.5 * quick[t] + 0.4 * random.normal());
    const at = apart(random, n, 3);
    at.forEach((row, k) => {
      const length = 100 + random.integer(300);
      for (let i = 0; i < length; i++) values[row + i] -= [60, 25, 35][k] * Math.sin((Math.PI * i) / length) ** 0.5;
    });
    return { values, at };
  },
  'room temperature': (random) => {
    const n = 7200;
    const slow = wander(random, n, 0.995);
    const values = rowsOf(n, (t) => {
      const office = busy(t % 24) && Math.floor(t / 24) % 7 < 5;
      return 71 + 2.5 * slow[t] + 1.5 * Math.sin((2 * Math.PI * t) / 24) + (office ? -1 : 0) + 0.6 * random.normal();
    });
    const at = apart(random, n, 2);
    for (let i = 0; i < 36; i++) values[at[0] + i] -= 9;
    for (let i = 0; i < 60; i++) values[at[1] + i] += 0.2 * i;
    return { values, at, minutes: 60, irregular: 0.004 };
  },
  latency: (random) => {
    const n = 4032;
    const slow = wander(random, n, 0.98);
    const values = rowsOf(n, () => 0).map(
      (_, t) => 45 + 1.5 * slow[t] + 1.2 * random.normal() + (random.uniform() < 0.003 ? 6 * exponential(random) : 0),
    );
    const at = apart(random, n, 3);
    at.forEach((row, k) => {
      for (let i = 0; i < [2, 12, 60][k]; i++) values[row + i] += [35, 18, 9][k] * (0.8 + 0.4 * random.uniform());
    });
    return { values, at };
  },
  'idle processor': (random) => {
    const n = 4032;
    const values = rowsOf(
      n,
      () => [0.132, 0.134, 0.066, 0.068, 0.134][random.integer(5)] + (random.uniform() < 0.004 ? random.uniform() : 0),
    );
    const at = apart(random, n, 2);
    at.forEach((row) => {
      for (let i = 0; i < 3; i++) values[row + i] += 1.8 + random.uniform();
    });
    return { values: values.map((value) => Math.round(value * 1000) / 1000), at };
  },
  'jobs at noon': (random) => {
    const values = rowsOf(4032, (t) =>
      t % 288 < 3 ? 2 + 0.4 * random.uniform() : [0.066, 0.068, 0.064][random.integer(3)],
    );
    return { values, at: [] };
  },
  'processor, a new level': (random) => {
    const n = 4032;
    const slow = wander(random, n, 0.97);
    const row = somewhere(random, n, 0.6, 0.9);
    const values = rowsOf(n, (t) =>
      t > row
        ? 96 + 3 * random.uniform()
        : 35 + 4 * slow[t] + 2 * random.normal() + (random.uniform() < 0.01 ? 15 * random.uniform() : 0),
    );
    return { values, at: [row] };
  },
  'processor in bursts': (random) => {
    const n = 4032;
    const load = bursts(random, n, 0.01, 25, 0.85);
    const values = rowsOf(n, (t) => Math.min(95, 3 + load[t] + 2 * random.uniform()));
    const row = somewhere(random, n);
    for (let i = 0; i < 60; i++) values[row + i] = 97 + 2 * random.uniform();
    return { values, at: [row] };
  },
  'group of machines': (random) => {
    const n = 4600;
    const slow = wander(random, n, 0.99);
    const row = somewhere(random, n, 0.5, 0.85);
    const values = rowsOf(n, (t) =>
      t > row && t < row + 250
        ? 4 + random.uniform()
        : 33 + 3 * Math.sin((2 * Math.PI * t) / 288) + slow[t] + random.normal(),
    );
    return { values, at: [row] };
  },
  'disk writes': (random) => {
    const n = 4700;
    const values = rowsOf(n, () =>
      random.uniform() < 0.06 ? 4e8 * random.uniform() : random.uniform() < 0.3 ? 1e6 * random.uniform() : 0,
    );
    const row = somewhere(random, n);
    for (let i = 0; i < 40; i++) values[row + i] = 5e8 + 2e8 * random.uniform();
    return { values, at: [row] };
  },
  'network traffic': (random) => {
    const n = 4032;
    const values = rowsOf(n, (t) => 1.5e5 + 3e4 * random.uniform() + (t % 12 === 0 ? 2e5 * random.uniform() : 0));
    const at = apart(random, n, 2);
    for (let i = 0; i < 5; i++) values[at[0] + i] += 2e6;
    for (let i = 0; i < 80; i++) values[at[1] + i] *= 1.8;
    return { values, at };
  },
  occupancy: (random) => {
    const n = 2400;
    const slow = wander(random, n, 0.9);
    const values = rowsOf(n, (t) => {
      const hour = (t / 6) % 24;
      const rush = Math.exp(-((hour - 8) ** 2) / 3) + Math.exp(-((hour - 17) ** 2) / 5);
      return Math.max(0, 4 + 9 * rush + (1 + 3 * rush) * slow[t] + random.normal());
    });
    const at = apart(random, n, 2);
    for (let i = 0; i < 3; i++) values[at[0] + i] += 28;
    for (let i = 0; i < 18; i++) values[at[1] + i] += 12;
    return { values: values.map((value) => Math.round(100 * value) / 100), at, minutes: 10, irregular: 0.08 };
  },
  'travel time': (random) => {
    const n = 2500;
    const jams = bursts(random, n, 0.02, 60, 0.8);
    const values = rowsOf(n, (t) => {
      const hour = (t / 6) % 24;
      return (
        120 +
        40 * Math.exp(-((hour - 17) ** 2) / 6) +
        jams[t] * (hour > 6 && hour < 20 ? 1 : 0.3) +
        12 * random.normal()
      );
    });
    const at = apart(random, n, 3);
    for (let i = 0; i < 4; i++) values[at[0] + i] += 500;
    for (let i = 0; i < 30; i++) values[at[1] + i] += 180;
    for (let i = 0; i < 2; i++) values[at[2] + i] += 400;
    return { values: values.map(Math.round), at, minutes: 10, irregular: 0.1 };
  },
  speed: (random) => {
    const n = 2500;
    const slow = wander(random, n, 0.8);
    const values = rowsOf(n, (t) => {
      const hour = (t / 12) % 24;
      return 70 - 8 * Math.exp(-((hour - 17) ** 2) / 4) + 2.5 * slow[t] + 2.5 * random.normal();
    });
    const at = apart(random, n, 2);
    for (let i = 0; i < 12; i++) values[at[0] + i] -= 35;
    for (let i = 0; i < 40; i++) values[at[1] + i] -= 18;
    return { values: values.map(Math.round), at, irregular: 0.1 };
  },
  keystrokes: (random) => {
    const n = 1900;
    const typing = bursts(random, n, 0.015, 3, 0.7);
    const values = rowsOf(n, (t) => (typing[t] > 0.3 ? typing[t] * random.uniform() : 0));
    const at = apart(random, n, 2);
    for (let i = 0; i < 50; i++) values[at[0] + i] = 4 + random.uniform();
    for (let i = 0; i < 3; i++) values[at[1] + i] += 40;
    return { values, at };
  },
  'price of a click': (random) => {
    const n = 1620;
    const slow = wander(random, n, 0.95);
    const values = rowsOf(
      n,
      (t) =>
        0.1 * Math.exp(0.25 * Math.sin((2 * Math.PI * t) / 24) + 0.3 * slow[t] + 0.2 * random.normal()) +
        (random.uniform() < 0.006 ? 0.15 * exponential(random) : 0),
    );
    const at = apart(random, n, 2);
    values[at[0]] += 1.2;
    for (let i = 0; i < 6; i++) values[at[1] + i] += 0.35;
    return { values, at, minutes: 60 };
  },
  mentions: (random) => {
    const n = 15_800;
    const talk = bursts(random, n, 0.004, 35, 0.75);
    const values = rowsOf(n, (t) => {
      const mean = 25 * (1 + 0.6 * Math.sin((2 * Math.PI * t) / 288)) * (Math.floor(t / 288) % 7 < 5 ? 1 : 0.7);
      return Math.max(0, Math.round(mean + 1.6 * Math.sqrt(mean) * random.normal() + talk[t]));
    });
    const at = apart(random, n, 3);
    at.forEach((row, k) => {
      for (let i = 0; i < 60; i++)
        values[row + i] += Math.round(
          [900, 250, 130][k] * Math.exp(-i / [6, 20, 40][k]) * (0.7 + 0.6 * random.uniform()),
        );
    });
    return { values, at };
  },
};
