import { createRandom } from '../../dist/src/core/random.js';
import { criticalDistance } from '../../dist/src/drift/kswin.js';

/**
 * The drift detectors of River 0.26 (github.com/online-ml/river, BSD-3), written anew from what its source does, with its defaults, so that
 * both libraries' rules meet the same streams. Peers for measuring only. They are held to the rows which River's documentation and tests print
 * (`test/operators/forecasting/detectDrift.river.test.ts`). All three forget everything, the generator of the draws included, at the row after an alarm.
 */

/**
 * rust_src/adwin.rs at 8551920. Unlike the paper it takes 4 rows off either side of a cut and drops one bucket at a time.
 * (Until 2026 River never tried the newest bucket of a size as a border, and found changes later.)
 */
export class RiverAdwin {
  #sizes; // buckets of 2^i rows: [sum, squared deviations], the oldest first
  #rows;
  #sum;
  #spread;
  #tick;
  #changed;

  constructor({ delta = 0.002 } = {}) {
    this.delta = delta;
    this.#reset();
  }

  #reset() {
    this.#sizes = [[]];
    this.#rows = this.#sum = this.#spread = this.#tick = 0;
    this.#changed = false;
  }

  step(value) {
    if (this.#changed) this.#reset();
    this.#rows++;
    const n = this.#rows;
    if (n > 1) this.#spread += ((n - 1) * (value - this.#sum / (n - 1)) ** 2) / n;
    this.#sum += value;
    this.#sizes[0].push([value, 0]);
    this.#merge();
    if (++this.#tick % 32 !== 0 || n <= 10) return false;
    while (this.#isCut()) {
      this.#changed = true;
      this.#drop();
    }
    return this.#changed;
  }

  #merge() {
    for (let i = 0; i < this.#sizes.length && this.#sizes[i].length > 5; i++) {
      const [[a, va], [b, vb]] = this.#sizes[i].splice(0, 2);
      const n = 2 ** i;
      this.#sizes[i + 1] ??= [];
      this.#sizes[i + 1].push([a + b, va + vb + (n * (a / n - b / n) ** 2) / 2]);
    }
  }

  #isCut() {
    let n0 = 0;
    let sum = 0;
    const confidence = Math.log((2 * Math.log(this.#rows)) / this.delta);
    for (let i = this.#sizes.length - 1; i >= 0; i--) {
      for (const [bucket] of this.#sizes[i]) {
        n0 += 2 ** i;
        sum += bucket;
        const n1 = this.#rows - n0;
        if (n1 < 5 || n0 < 5) continue;
        const inverse = 1 / (n0 - 4) + 1 / (n1 - 4);
        const bound =
          Math.sqrt((2 * inverse * this.#spread * confidence) / this.#rows) + (2 / 3) * confidence * inverse;
        if (Math.abs(sum / n0 - (this.#sum - sum) / n1) > bound) return true;
      }
    }
    return false;
  }

  #drop() {
    const last = this.#sizes.length - 1;
    const n = 2 ** last;
    const [sum, spread] = this.#sizes[last].shift();
    this.#rows -= n;
    this.#sum -= sum;
    const apart = sum / n - this.#sum / this.#rows;
    this.#spread -= spread + (n * this.#rows * apart * apart) / (n + this.#rows);
    if (this.#sizes[last].length === 0) this.#sizes.pop();
  }
}

/** river/drift/page_hinkley.py (with `mode`). */
export class RiverPageHinkley {
  #changed = true; // so that the first row starts it

  constructor({ minInstances = 30, delta = 0.005, threshold = 50, alpha = 1 - 0.0001, mode = 'both' } = {}) {
    Object.assign(this, { minInstances, delta, threshold, alpha, mode });
  }

  step(value) {
    if (this.#changed) {
      this.rows = this.mean = this.increase = this.decrease = 0;
      this.least = Number.POSITIVE_INFINITY;
      this.most = -1;
    }
    this.mean += (value - this.mean) / ++this.rows;
    this.increase = this.alpha * this.increase + (value - this.mean) - this.delta;
    this.decrease = this.alpha * this.decrease + (value - this.mean) + this.delta;
    this.least = Math.min(this.least, this.increase);
    this.most = Math.max(this.most, this.decrease);
    const up = this.mode !== 'down' && this.increase - this.least > this.threshold;
    const down = this.mode !== 'up' && this.most - this.decrease > this.threshold;
    this.#changed = this.rows >= this.minInstances && (up || down);
    return this.#changed;
  }
}

/**
 * river/drift/kswin.py at 1b459d5. Its p-value is SciPy's ks_2samp: exact, as the sizes are equal and small, and not corrected for ties; so
 * p ≤ alpha where the distance reaches `criticalDistance` (compared with SciPy 1.17 for 2 … 1,000 values at levels of 0.5 … 1e-8: the same).
 * That the distance must also be above 0.1 adds nothing for 30 values.
 * Of the window nothing is left at the row after an alarm: the newest values are kept, and then thrown away by the reset.
 */
export class RiverKswin {
  #values;
  #draw;
  #changed = false;

  /** `open` gives `(pool, k)`, which puts k positions drawn from the pool at its end, and is asked anew after an alarm. */
  constructor({
    alpha = 0.005,
    window = 100,
    sample = 30,
    seed = 1,
    open = () => drawing(createRandom(seed).integer),
  } = {}) {
    Object.assign(this, { window, sample, open, bound: criticalDistance(sample, alpha) });
    this.pool = new Uint32Array(window - sample);
    this.drawn = new Float64Array(sample);
    this.recent = new Float64Array(sample);
    this.#reset();
  }

  #reset() {
    this.#values = [];
    this.#draw = this.open();
  }

  step(value) {
    if (this.#changed) this.#reset();
    this.#values.push(value);
    if (this.#values.length > this.window) this.#values.shift();
    this.#changed = this.#values.length === this.window && this.#distance() >= this.bound;
    return this.#changed;
  }

  #distance() {
    const { pool, drawn, recent, sample } = this;
    const values = this.#values;
    for (let i = 0; i < pool.length; i++) pool[i] = i;
    this.#draw(pool, sample);
    for (let i = 0; i < sample; i++) {
      insert(drawn, i, values[pool[pool.length - sample + i]]);
      insert(recent, i, values[pool.length + i]);
    }
    let most = 0;
    for (let i = 0, j = 0; i < sample && j < sample; ) {
      const at = Math.min(drawn[i], recent[j]);
      while (i < sample && drawn[i] <= at) i++;
      while (j < sample && recent[j] <= at) j++;
      most = Math.max(most, Math.abs(i - j));
    }
    return most;
  }
}

/** Python's random.sample, for few positions: each that is drawn changes places with the last that is left. */
export const drawing = (below) => (pool, k) => {
  for (let left = pool.length; left > pool.length - k; left--) {
    const j = below(left);
    const drawn = pool[j];
    pool[j] = pool[left - 1];
    pool[left - 1] = drawn;
  }
};

/** Puts a value among the first n, which are in order. */
function insert(values, n, value) {
  let at = n;
  for (; at > 0 && values[at - 1] > value; at--) values[at] = values[at - 1];
  values[at] = value;
}
