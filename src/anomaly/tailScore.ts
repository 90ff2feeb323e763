import { EddyError } from '../core/errors.js';
import type { Snapshot } from '../core/stage.js';
import { copyState, putState } from '../stats/arrayState.js';
import { AlarmCooldown } from './alarmCooldown.js';
import type { AnomalyScore, AnomalyScorer, Part } from './anomalyScore.js';
import { JointTail, type Measure } from './jointTail.js';
import { RecurrenceFilter } from './recurrenceFilter.js';
import { SeasonProfile } from './seasonProfile.js';
import { ShapeMemory } from './shapeMemory.js';

export const PARTS: readonly Part[] = ['error', 'spread', 'shape', 'season', 'flatline', 'range'];

export interface TailScoreOptions {
  /** Default all but `range`, which finds values far out. */
  parts?: readonly Part[];
  /** Differences up to this are none, ≥ 0. Default 1e-9 · max(1, running mean of |value|). */
  resolution?: number;
  /** Whether an alarm that repeats another is silenced (see AlarmCooldown and Habits). Default true. */
  cooldown?: boolean;
}

/** Joint count of an alarm: on noise alone about one in a thousand rows. */
const ALARM = 6;
const SPREAD = 12;
const SEASON = 6;
const LONG_SEASON = 24;
const STILL = 0.1; // of the usual change
const WARM = 100;
const UNTRIED = 8;
const LARGEST = 1e100; // its square is still a number

/**
 * From forecast errors to calibrated surprise. Each part compares its sizes with the largest events of its own past, and their
 * counts are joined (JointTail); a short history is trusted less, by (t + 100)/t. An alarm is a row whose expected count is at most 6. Its
 * score is 1 / (1 + expected/6), told by halvings of the count, and below 0.5 when an earlier alarm has said it (AlarmCooldown), or this hour
 * of the day before (Habits). Constant memory (some 1,000 numbers), a few µs.
 */
export class TailScore implements AnomalyScorer {
  readonly #tail: JointTail;
  readonly #shape = new ShapeMemory();
  readonly #season = new SeasonProfile();
  readonly #cooldown = new AlarmCooldown();
  readonly #recurrenceFilter = new RecurrenceFilter();
  readonly #resolution: number | undefined;
  readonly #spaced: boolean;
  /** rows, running mean, deviation, mean |change|, last value, missing rows before the next, mean |value|, still rows */
  readonly #state = new Float64Array(8);
  readonly #sizes = new Float64Array(SPREAD);
  readonly #residuals = new Float64Array(LONG_SEASON);

  /** @throws EddyError `invalid-option` on an unknown part or a negative resolution. */
  constructor({ parts = PARTS.slice(0, 5), resolution, cooldown = true }: TailScoreOptions = {}) {
    for (const part of parts) if (!PARTS.includes(part)) throw badOption(`parts must be of ${PARTS.join(', ')}`, part);
    if (parts.length === 0) throw badOption('parts must name at least one part', 'none');
    if (resolution !== undefined && !(resolution >= 0 && Number.isFinite(resolution))) {
      throw badOption('resolution must be a number ≥ 0', resolution);
    }
    this.#tail = new JointTail(parts);
    this.#resolution = resolution;
    this.#spaced = cooldown;
  }

  miss(time?: number): void {
    this.#state[5]++;
    if (time !== undefined) this.#season.tick(time);
  }

  /** Judges a finite value by the forecast that was made for it, then learns from it. Beyond ±1e100 all is one. */
  step(value: number, forecast: number, time?: number): AnomalyScore {
    const state = this.#state;
    value = bounded(value);
    forecast = bounded(forecast);
    if (state[0] === 0) state[4] = value;
    const missing = Math.max(state[5], time === undefined ? 0 : this.#season.missed(time));
    // A random walk's error over g + 1 rows is √(g + 1) times its error over one.
    const reach = Math.sqrt(1 + missing);
    const error = this.#seen((value - forecast) / reach);
    const change = this.#seen((value - state[4]) / reach);
    const residual = this.#seen(this.#season.residual(value, time, state[1]));
    const distance = this.#seen(value - state[1]);
    state[7] = state[3] > 0 && Math.abs(change) <= STILL * state[3] ? state[7] + 1 : 0;
    this.#rescale(value, change);
    const row = state[0];
    this.#sizes[row % SPREAD] = Math.abs(error);
    this.#residuals[row % LONG_SEASON] = residual;
    const unit = state[3];
    const shape = this.#shape.step(unit > 0 ? Math.max(-20, Math.min(20, error / unit)) : 0);
    state[0]++;
    state[4] = value;
    state[5] = 0;
    const sizes = {
      error: Math.abs(error),
      spread: mean(this.#sizes, row, SPREAD),
      shape,
      season: Math.abs(mean(this.#residuals, row, SEASON)),
      'long season': Math.abs(mean(this.#residuals, row, LONG_SEASON)),
      flatline: state[7],
      range: Math.abs(distance),
    };
    return this.#scorer(sizes, missing, time);
  }

  #scorer(sizes: Readonly<Record<Measure, number>>, missing: number, time: number | undefined): AnomalyScore {
    const row = this.#state[0];
    const joint = this.#tail.step(sizes, row > UNTRIED);
    const expected = (joint.expected * (row + WARM)) / row;
    const usual = time !== undefined && this.#recurrenceFilter.knows(time, expected, ALARM);
    const rare = expected <= ALARM;
    const alarm = rare && (!this.#spaced || (!usual && this.#cooldown.admit(row, expected, ALARM)));
    const score = alarm
      ? scoreOf(halvings(expected))
      : rare
        ? Math.min(scoreOf(expected) / 2, 0.4999)
        : scoreOf(expected);
    const parts: Partial<Record<Part, number>> = {};
    let least = Number.POSITIVE_INFINITY;
    let cause: Part = 'error';
    for (const [part, count] of joint.parts) {
      parts[part] = scoreOf(count);
      if (count < least) {
        least = count;
        cause = part;
      }
    }
    return { score, alarm, cause, expected, missing, parts };
  }

  #seen(difference: number): number {
    const floor = this.#resolution ?? 1e-9 * Math.max(1, this.#state[6]);
    return Math.abs(difference) > floor ? difference : 0;
  }

  #rescale(value: number, change: number): void {
    const state = this.#state;
    const rate = Math.max(1 / (state[0] + 1), 1 / 2000);
    const trusted = state[0] > 50;
    const bound = trusted && state[2] > 0 ? 4 * state[2] : LARGEST;
    const delta = Math.max(-bound, Math.min(bound, value - state[1]));
    state[1] += rate * delta;
    state[2] = Math.sqrt(Math.max(0, state[2] * state[2] + rate * (delta * delta - state[2] * state[2])));
    // No row may more than double the usual change. A firmer bound would let that of a square wave, which seldom moves, fade to nothing.
    const most = trusted && state[3] > 0 ? state[3] / rate : LARGEST;
    const size = Math.min(Math.abs(change), most);
    state[3] += rate * (size - state[3]);
    state[6] += rate * (Math.abs(value) - state[6]);
  }

  get #arrays(): readonly Float64Array[] {
    const own = [this.#state, this.#sizes, this.#residuals, this.#cooldown.state];
    return [...own, ...this.#recurrenceFilter.state, ...this.#shape.state, ...this.#season.state, ...this.#tail.arrays];
  }

  snapshot(): Snapshot {
    return copyState(this.#arrays);
  }

  /** @throws EddyError `invalid-state` on a record that other options made. */
  restore(from: Snapshot): void {
    putState(this.#arrays, from, 'surprise');
  }
}

const bounded = (value: number) => Math.max(-LARGEST, Math.min(LARGEST, value));

const scoreOf = (expected: number) => 1 / (1 + expected / ALARM);

/**
 * An alarm's count, up to the next of 6, 3, 1.5 … So few events tell no more, and what is read into more does not carry over: a
 * threshold fitted between two counts close by fits the series at hand.
 */
function halvings(expected: number): number {
  let count = ALARM;
  while (count / 2 >= expected) count /= 2;
  return count;
}

/** Of the last so many rows of a ring; those before the first are 0. */
function mean(ring: Float64Array, row: number, rows: number): number {
  let sum = 0;
  for (let i = 0; i < rows; i++) sum += ring[(row + ring.length - i) % ring.length] / rows;
  return sum;
}

const badOption = (rule: string, got: unknown) =>
  new EddyError('invalid-option', `detectAnomalies: ${rule}, got ${String(got)}; leave it out for the default`);
