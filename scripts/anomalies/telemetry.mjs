import { bursts, exponential, rowsOf, somewhere, wander } from './draws.mjs';

/** Rows from `at`, each changed by `change(value, i)`. */
function alter(values, at, length, change) {
  for (let i = 0; i < length && at + i < values.length; i++) values[at + i] = change(values[at + i], i);
}

function poisson(random, mean) {
  if (mean > 50) return Math.max(0, Math.round(mean + Math.sqrt(mean) * random.normal()));
  let count = -1;
  for (let left = mean; left >= 0; left -= exponential(random)) count++;
  return count;
}

const day = (t) => Math.sin((2 * Math.PI * (t - 72)) / 288);
const weekend = (t) => Math.floor(t / 288) % 7 > 4;

/**
 * A second family of simulated streams, drawn after the first had been used to choose by: heaps, queues, request and error counts, disks,
 * batteries, connections, caches, backups, machine counts, losses, vibration, switches, power, tail latencies, weather sensors, prices, and repeating
 * patterns without noise.
 */
export const TELEMETRY = {
  'pattern, no noise': (random) => {
    const levels = rowsOf(6, () => random.integer(100));
    return { values: rowsOf(4032, (t) => levels[Math.floor((t % 144) / 24)]), at: [] };
  },
  'triangle, no noise': () => ({ values: rowsOf(3000, (t) => Math.abs((t % 60) - 30)), at: [] }),
  'two jobs a day': (random) => ({
    values: rowsOf(4032, (t) => (t % 144 < 4 ? 60 + 10 * random.uniform() : 5 + random.normal())),
    at: [],
  }),
  'job each hour': (random) => ({
    values: rowsOf(4032, (t) => (t % 12 === 5 ? 30 + 40 * random.uniform() : 8 + 2 * random.normal())),
    at: [],
  }),
  switch: (random) => {
    let on = 0;
    return {
      values: rowsOf(4000, () => {
        if (random.uniform() < (on ? 0.03 : 0.01)) on = 1 - on;
        return on;
      }),
      at: [],
    };
  },
  heap: (random) => {
    const n = 4500;
    const at = somewhere(random, n, 0.5, 0.8);
    let used = 200;
    let floor = 200;
    const values = rowsOf(n, (t) => {
      if (t >= at && t < at + 240) floor += 2;
      used += 12 * random.uniform();
      if (used > floor + 400) used = floor + 30 * random.uniform();
      return used;
    });
    return { values, at: [at], minutes: 1 };
  },
  'queue length': (random) => {
    const n = 4032;
    const at = somewhere(random, n);
    let queue = 0;
    const values = rowsOf(n, (t) => {
      const served = t >= at && t < at + 30 ? 0 : 120;
      queue = Math.max(0, queue + poisson(random, 95 + 15 * day(t)) - served);
      return queue;
    });
    return { values, at: [at] };
  },
  requests: (random) => {
    const n = 6048;
    const values = rowsOf(n, (t) => poisson(random, 120 * (1 + 0.6 * day(t)) * (weekend(t) ? 0.6 : 1)));
    const at = [somewhere(random, n, 0.3, 0.55), somewhere(random, n, 0.65, 0.9)];
    alter(values, at[0], 10, () => poisson(random, 2));
    alter(values, at[1], 40, (value) => Math.round(2 * value));
    return { values, at };
  },
  errors: (random) => {
    const n = 4032;
    const more = bursts(random, n, 0.005, 2, 0.6);
    const values = rowsOf(n, (t) => poisson(random, 0.3 + more[t]));
    const at = somewhere(random, n);
    alter(values, at, 15, () => poisson(random, 9));
    return { values, at: [at] };
  },
  'disk usage': (random) => {
    const n = 4032;
    const at = somewhere(random, n);
    let used = 40;
    const values = rowsOf(n, (t) => {
      used += 0.02 * exponential(random) + (t >= at && t < at + 40 ? 0.5 : 0);
      if (t % 288 === 12) used = Math.max(35, used - 5.5);
      return Math.round(100 * used) / 100;
    });
    return { values, at: [at] };
  },
  battery: (random) => {
    const n = 3024;
    const cloud = wander(random, n, 0.99);
    const dark = 1 + Math.floor(somewhere(random, n) / 144);
    let charge = 0.7;
    const values = rowsOf(n, (t) => {
      const hour = (t % 144) / 6;
      const sun = Math.floor(t / 144) === dark ? 0 : Math.max(0, Math.sin((Math.PI * (hour - 6)) / 12));
      charge = Math.min(1, charge - 0.0028 + 0.013 * sun * Math.max(0.3, 1 + 0.3 * cloud[t]));
      return 3.5 + 0.6 * charge + 0.004 * random.normal();
    });
    return { values, at: [dark * 144 + 45], minutes: 10 };
  },
  connections: (random) => {
    const n = 4032;
    const slow = wander(random, n, 0.98);
    let deploy = 200;
    const values = rowsOf(n, (t) => {
      if (t === deploy) deploy += 150 + random.integer(400);
      return Math.round(t === deploy - 1 ? 3 * random.uniform() : 80 + 15 * day(t) + 4 * slow[t] + 2 * random.normal());
    });
    const at = somewhere(random, n);
    alter(values, at, 50, () => 200);
    return { values, at: [at] };
  },
  'cache hits': (random) => {
    const n = 4032;
    const slow = wander(random, n, 0.97);
    const values = rowsOf(n, (t) => 0.96 - 0.012 * exponential(random) + 0.006 * slow[t]);
    const at = somewhere(random, n);
    alter(values, at, 80, (value, i) => value - 0.3 * Math.exp(-i / 20));
    return { values, at: [at] };
  },
  'nightly backup': (random) => {
    const n = 5000;
    const values = rowsOf(n, (t) =>
      t % 288 >= 24 && t % 288 < 36 ? 80 + 8 * random.normal() : 12 + 3 * exponential(random),
    );
    const at = 288 * (9 + random.integer(6)) + 130 + random.integer(60);
    alter(values, at, 12, () => 80 + 8 * random.normal());
    return { values, at: [at] };
  },
  instances: (random) => {
    const n = 4032;
    const slow = wander(random, n, 0.97);
    const values = rowsOf(n, (t) => Math.max(2, Math.round(8 + 4 * day(t) + 0.6 * slow[t])));
    const at = somewhere(random, n);
    alter(values, at, 50, (value, i) => value + Math.min(20, 2 * i));
    return { values, at: [at] };
  },
  'packet loss': (random) => {
    const n = 4032;
    const values = rowsOf(n, () => (random.uniform() < 0.03 ? Math.round(20 * exponential(random)) / 10 : 0));
    const at = somewhere(random, n);
    alter(values, at, 20, () => 6 + Math.round(80 * random.uniform()) / 10);
    return { values, at: [at] };
  },
  vibration: (random) => {
    const n = 5000;
    let on = 1;
    const at = somewhere(random, n, 0.5, 0.85);
    const values = rowsOf(n, (t) => {
      if (random.uniform() < 0.012) on = 1 - on;
      const worn = t >= at ? 1.8 : 1;
      return on ? worn * (4 + 0.4 * random.normal()) : 0.2 + 0.03 * random.normal();
    });
    return { values, at: [at], minutes: 1 };
  },
  'household power': (random) => {
    const n = 4032;
    const kettle = rowsOf(n, () => 0);
    for (let t = 0; t < n; t++) {
      const awake = (t % 288) / 12 > 6.5 && (t % 288) / 12 < 23;
      if (random.uniform() < (awake ? 0.03 : 0.003)) alter(kettle, t, 1 + random.integer(8), (value) => value + 1.5);
    }
    const values = rowsOf(n, (t) => 0.3 + 0.1 * day(t) + 0.03 * random.normal() + kettle[t]);
    const at = somewhere(random, n);
    alter(values, at, 60, (value) => value + 6);
    return { values, at: [at] };
  },
  'tail latency': (random) => {
    const n = 4032;
    const slow = wander(random, n, 0.95);
    const values = rowsOf(
      n,
      (t) =>
        180 *
        Math.exp(
          0.2 * day(t) +
            0.15 * slow[t] +
            0.2 * random.normal() +
            (random.uniform() < 0.01 ? 0.5 * exponential(random) : 0),
        ),
    );
    const at = somewhere(random, n);
    alter(values, at, 30, (value) => 2.5 * value);
    return { values, at: [at] };
  },
  humidity: (random) => {
    const n = 5000;
    const slow = wander(random, n, 0.997);
    const values = rowsOf(
      n,
      (t) => Math.round(10 * Math.min(100, 75 + 14 * slow[t] - 9 * day(2 * t) + 0.8 * random.normal())) / 10,
    );
    const at = somewhere(random, n);
    alter(values, at, 144, () => values[at]);
    return { values, at: [at], minutes: 10 };
  },
  wind: (random) => {
    const n = 5000;
    const slow = wander(random, n, 0.99);
    const values = rowsOf(n, () => 0).map((_, t) => Math.max(0, (4 + 2 * slow[t]) * (1 + 0.25 * random.normal())));
    const at = somewhere(random, n);
    alter(values, at, 120, () => 0);
    return { values, at: [at], minutes: 10 };
  },
  price: (random) => {
    const n = 4500;
    let log = 4;
    let spread = 1;
    const at = somewhere(random, n);
    const values = rowsOf(n, (t) => {
      spread = 0.97 * spread + 0.03 * exponential(random);
      log += 0.001 * spread * random.normal() + (t === at ? 0.02 : 0);
      return Math.round(100 * Math.exp(log)) / 100;
    });
    return { values, at: [at], minutes: 1 };
  },
};
