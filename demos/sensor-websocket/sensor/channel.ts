import type { Snapshot } from 'rx-eddy';
import { createMomentScaler, type Scaler } from 'rx-eddy/operators';
import { numbersOf, recordOf } from './record.js';

/** Scales forget over some 2,000 rows. */
const RATE = 1 / 2000;
/** Rows after which a scale is trusted enough to hold a wild value back from it. */
const TRUSTED = 50;
const WILD = 8;
/** What a network is shown and taught stays within this many deviations. */
const CLIP = 6;

/** One channel's running scales: of its values, and of their changes, which the networks forecast. */
export class Channel {
  /** The last value that was there. */
  last = Number.NaN;
  readonly #level = createMomentScaler({ rate: RATE });
  readonly #change = createMomentScaler({ rate: RATE });
  readonly #row = new Float64Array(1);

  /** Writes [level, change] of this row, in deviations, to `input` at `at`; returns the change as a target, NaN where it is missing. */
  step(value: number, input: Float32Array, at: number): number {
    const known = !Number.isNaN(this.last);
    if (Number.isNaN(value)) {
      input[at] = known ? clip(this.#level.scale(this.last, 0)) : 0;
      input[at + 1] = 0;
      return Number.NaN;
    }
    const change = known ? value - this.last : 0;
    const target = known ? clip(this.#change.scale(change, 0)) : Number.NaN;
    this.#learn(this.#level, value);
    if (known) this.#learn(this.#change, change);
    this.last = value;
    input[at] = clip(this.#level.scale(value, 0));
    input[at + 1] = known ? clip(this.#change.scale(change, 0)) : 0;
    return target;
  }

  /** The next value that a scaled change means. */
  forecast(change: number): number {
    if (this.#change.count === 0) return this.last;
    return this.last + this.#change.inverse(clip(change), 0);
  }

  snapshot(): Snapshot {
    return { last: Float64Array.of(this.last), level: this.#level.snapshot(), change: this.#change.snapshot() };
  }

  restore({ last, level, change }: Snapshot): void {
    this.last = numbersOf(last, 'last', 1)[0];
    this.#level.restore(recordOf(level, 'level'));
    this.#change.restore(recordOf(change, 'change'));
  }

  /** One wild value moves a trusted scale no further than eight deviations would. */
  #learn(scaler: Scaler, value: number): void {
    const trusted = scaler.count > TRUSTED;
    this.#row[0] = trusted ? Math.min(Math.max(value, scaler.inverse(-WILD, 0)), scaler.inverse(WILD, 0)) : value;
    scaler.learn(this.#row);
  }
}

const clip = (deviations: number) => Math.max(-CLIP, Math.min(CLIP, deviations));
