import { EddyError } from '../core/errors.js';
import type { Snapshot } from '../core/stage.js';
import { copyState, putState } from '../stats/arrayState.js';
import { AlarmCooldown } from './alarmCooldown.js';
import { ALARM_THRESHOLD } from './alarmThreshold.js';
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

/** What the state holds: rows, running mean and deviation, mean |change|, last value, missing rows before the next, mean |value|, still rows. */
const [ROWS, MEAN, DEVIATION, CHANGE, LAST, MISSING, SIZE, STILL_ROWS, STATE] = [0, 1, 2, 3, 4, 5, 6, 7, 8];

const SPREAD = 12;
const SEASON = 6;
const LONG_SEASON = 24;
const STILL = 0.1; // of the usual change
const WARM = 100;
const UNTRIED = 8;
const LARGEST = 1e100; // its square is still a number

/**
 * From forecast errors to a calibrated score. Each part compares its sizes with the largest events of its own past, and their
 * counts are joined (JointTail); a short history is trusted less, by (t + 100)/t. An alarm is a row whose expected count is at most 6. Its
 * score is 1 / (1 + expected/6), in halvings of the count, and below 0.5 when an earlier alarm has reported it (AlarmCooldown), or this hour
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
  /** By the names above. */
  readonly #state = new Float64Array(STATE);
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
    this.#state[MISSING]++;
    if (time !== undefined) this.#season.tick(time);
  }

  /** Judges a finite value by the forecast that was made for it, then learns from it. Beyond ±1e100 all is one. */
  step(value: number, forecast: number, time?: number): AnomalyScore {
    const state = this.#state;
    value = bounded(value);
    forecast = bounded(forecast);
    if (state[ROWS] === 0) state[LAST] = value;
    const missing = Math.max(state[MISSING], time === undefined ? 0 : this.#season.missed(time));
    // A random walk's error over g + 1 rows is √(g + 1) times its error over one.
    const reach = Math.sqrt(1 + missing);
    const error = this.#seen((value - forecast) / reach);
    const change = this.#seen((value - state[LAST]) / reach);
    const residual = this.#seen(this.#season.residual(value, time, state[MEAN]));
    const distance = this.#seen(value - state[MEAN]);
    state[STILL_ROWS] = state[CHANGE] > 0 && Math.abs(change) <= STILL * state[CHANGE] ? state[STILL_ROWS] + 1 : 0;
    this.#rescale(value, change);
    const row = state[ROWS];
    this.#sizes[row % SPREAD] = Math.abs(error);
    this.#residuals[row % LONG_SEASON] = residual;
    const unit = state[CHANGE];
    const shape = this.#shape.step(unit > 0 ? Math.max(-20, Math.min(20, error / unit)) : 0);
    state[ROWS]++;
    state[LAST] = value;
    state[MISSING] = 0;
    const sizes = {
      error: Math.abs(error),
      spread: mean(this.#sizes, row, SPREAD),
      shape,
      season: Math.abs(mean(this.#residuals, row, SEASON)),
      'long season': Math.abs(mean(this.#residuals, row, LONG_SEASON)),
      flatline: state[STILL_ROWS],
      range: Math.abs(distance),
    };
    return this.#scorer(sizes, missing, time);
  }

  #scorer(sizes: Readonly<Record<Measure, number>>, missing: number, time: number | undefined): AnomalyScore {
    const row = this.#state[ROWS];
    const joint = this.#tail.step(sizes, row > UNTRIED);
    const expected = (joint.expected * (row + WARM)) / row;
    const usual = time !== undefined && this.#recurrenceFilter.knows(time, expected, ALARM_THRESHOLD);
    const rare = expected <= ALARM_THRESHOLD;
    const alarm = rare && (!this.#spaced || (!usual && this.#cooldown.admit(row, expected, ALARM_THRESHOLD)));
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
    const floor = this.#resolution ?? 1e-9 * Math.max(1, this.#state[SIZE]);
    return Math.abs(difference) > floor ? difference : 0;
  }

  #rescale(value: number, change: number): void {
    const state = this.#state;
    const rate = Math.max(1 / (state[ROWS] + 1), 1 / 2000);
    const trusted = state[ROWS] > 50;
    const bound = trusted && state[DEVIATION] > 0 ? 4 * state[DEVIATION] : LARGEST;
    const delta = Math.max(-bound, Math.min(bound, value - state[MEAN]));
    state[MEAN] += rate * delta;
    state[DEVIATION] = Math.sqrt(
      Math.max(0, state[DEVIATION] * state[DEVIATION] + rate * (delta * delta - state[DEVIATION] * state[DEVIATION])),
    );
    // No row may more than double the usual change. A firmer bound would let that of a square wave, which seldom moves, fade to nothing.
    const most = trusted && state[CHANGE] > 0 ? state[CHANGE] / rate : LARGEST;
    const size = Math.min(Math.abs(change), most);
    state[CHANGE] += rate * (size - state[CHANGE]);
    state[SIZE] += rate * (Math.abs(value) - state[SIZE]);
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
    putState(this.#arrays, from, 'detectAnomalies');
  }
}

const bounded = (value: number) => Math.max(-LARGEST, Math.min(LARGEST, value));

const scoreOf = (expected: number) => 1 / (1 + expected / ALARM_THRESHOLD);

/**
 * An alarm's count, up to the next of 6, 3, 1.5 … So few events tell no more, and what is read into more does not carry over: a
 * threshold fitted between two counts close by fits the series at hand.
 */
function halvings(expected: number): number {
  let count = ALARM_THRESHOLD;
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
