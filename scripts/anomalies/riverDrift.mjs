import { criticalDistance } from '../../dist/src/online/drift/kswin.js';
import { openRandom } from '../../dist/src/random.js';

/**
 * River's detectors, written anew from what its source does (github online-ml/river at 063ca61, BSD-3: river/drift/adwin_c.pyx, kswin.py),
 * so that both libraries' rules meet the same streams. Peers for measuring only. They differ from the papers, and from eddy's, where River does:
 * its ADWIN never tries the newest bucket of a size as an edge and takes 4 rows off each side of a cut; both forget all after a change.
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
      for (const [bucket] of this.#sizes[i].slice(0, -1)) {
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

export class RiverKswin {
  #window = [];
  #random;
  #changed = false;

  constructor({ alpha = 0.005, window = 100, sample = 30, seed = 1 } = {}) {
    Object.assign(this, { alpha, window, sample, seed, bound: criticalDistance(sample, alpha) });
    this.#random = openRandom(seed);
  }

  step(value) {
    if (this.#changed) {
      this.#window = [];
      this.#random = openRandom(this.seed);
    }
    this.#window.push(value);
    if (this.#window.length > this.window) this.#window.shift();
    this.#changed = this.#window.length === this.window && this.#distance() >= this.bound;
    return this.#changed;
  }

  #distance() {
    const older = this.#window.slice(0, -this.sample);
    const drawn = Array.from({ length: this.sample }, () => older.splice(this.#random.integer(older.length), 1)[0]);
    const recent = this.#window.slice(-this.sample);
    const upTo = (values, x) => values.filter((value) => value <= x).length;
    return Math.max(...[...drawn, ...recent].map((x) => Math.abs(upTo(drawn, x) - upTo(recent, x))));
  }
}
