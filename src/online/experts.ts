import type { Kept, OpenCovariance } from '../readouts/rls/covariance.js';
import { Arbiter } from './arbiter.js';
import { clamp } from './clamp.js';
import type { Clock } from './clock.js';
import { DelayedRls } from './delayedRls.js';
import { Excess } from './excess.js';
import type { History } from './history.js';
import { Judge } from './judge.js';
import { type LagFeatures, seasonalLag } from './lagFeatures.js';
import { PlainLags } from './plainLags.js';
import type { Profile } from './profile.js';
import { Rls } from './rls.js';
import { RunningScales } from './runningScales.js';

/** Experts by name, as `Forecaster.forecastOf` takes them. */
export type Expert =
  | 'last value'
  | 'judge'
  | 'stack'
  | 'RLS'
  | 'plain lags'
  | 'seasonal naive'
  | 'seasonal naive, long'
  | 'network';

/** Opinions stand in this order. The judge weighs the first seven; the stack reads all from RLS on. */
export const LAST = 0;
const STACK = 1;
const RLS = 2;
export const LAGS = 3;
export const SHORT = 4;
export const LONG = 5;
const NETWORK = 6;
const PROFILE = 7;
const NOW = 8;
const LEVEL = 9;
const MISS = 10;
const EXPERTS = 11;
const JUDGED = 7;
const NAMES: readonly Expert[] = [
  'last value',
  'stack',
  'RLS',
  'plain lags',
  'seasonal naive',
  'seasonal naive, long',
  'network',
];
const STACKED = EXPERTS - RLS;

const LEAN = 48; // lags of the expert that learns fast
const MOST = 5; // no expert may see a change of more than 5 typical ones
const TARGET = 10; // a target beyond 10 deviations teaches as 10
const HUBER = 2;
const MEMORY = 85; // rows of the stack's memory, for each row ahead and five more
const REACH = 2000; // rows of memory of least squares for one row ahead …
const FURTHER = 60; // … and for each row more: overlapping errors are alike, so fewer of them are news

/** What the experts of all channels look at. */
export interface Views {
  readonly history: History;
  readonly clock: Clock;
  readonly levels: RunningScales;
  /** Changes over 1 … horizon rows, by channel. */
  readonly moves: RunningScales;
  readonly profile: Profile;
  readonly features: LagFeatures;
}

/**
 * The experts of one channel, the stack and the judge over them. All speak of the change from the newest value, in deviations
 * of the channel as they stood at that row.
 */
export class Experts {
  /** The opinions on each horizon held at the last horizon + 1 rows. */
  readonly opinions: Float64Array;
  readonly judge: Judge;
  readonly arbiter: Arbiter;
  /** What a roll-back restores. */
  readonly learned: readonly Kept[];
  /** The weights that tell of a divergence first. */
  readonly weights: Float64Array;
  readonly state: readonly Kept[];
  readonly #c: number;
  readonly #horizon: number;
  readonly #views: Views;
  readonly #rls: DelayedRls;
  readonly #lags: PlainLags;
  readonly #stacks: readonly Rls[];
  /** The stack's first weights: half of least squares, half of the network. */
  readonly #first = new Float64Array(STACKED);
  readonly #stackErrors: RunningScales;
  readonly #gain = new Float64Array(STACKED);
  /** The stack's newest error one row ahead: what it got wrong just now it may get wrong again (a moving average's term). */
  readonly #miss = new Float64Array(1);
  readonly #excess: Excess;
  /** Of the last horizon + 1 rows: the deviation (0: nothing is to be learned), the value, its excess; then a base for each horizon. */
  readonly #origins: Float64Array;

  constructor(channel: number, horizon: number, views: Views, network: { openCovariance: OpenCovariance } | undefined) {
    this.#c = channel;
    this.#horizon = horizon;
    this.#views = views;
    const open = network?.openCovariance;
    const forgetting = 1 - 1 / (REACH + FURTHER * (horizon - 1));
    this.#rls = new DelayedRls({ inputs: views.features.width, horizon, forgetting, prior: 0.1, open });
    this.#lags = new PlainLags(LEAN, horizon, Number.MAX_VALUE, open);
    this.weights = this.#rls.rls.weights;
    this.#first[RLS - RLS] = 0.5;
    this.#first[(network ? NETWORK : LAGS) - RLS] = 0.5;
    this.#stacks = Array.from({ length: horizon }, (_, h) => {
      // The errors of overlapping forecasts are alike: what is far ahead is learned from fewer independent ones.
      const forgetting = 1 - 1 / (MEMORY * (h + 6));
      const stack = new Rls({ inputs: STACKED, forgetting, prior: 1 / 30 });
      stack.weights.set(this.#first);
      return stack;
    });
    this.#stackErrors = new RunningScales(horizon, 5, false);
    this.judge = new Judge(horizon, JUDGED);
    this.arbiter = new Arbiter(horizon, [STACK, LAGS]);
    this.#excess = new Excess(horizon);
    this.#origins = new Float64Array((horizon + 1) * (horizon + 3));
    this.opinions = new Float64Array((horizon + 1) * horizon * EXPERTS);
    this.learned = [
      ...this.#rls.rls.state,
      ...this.#lags.rls.rls.state,
      ...this.#stacks.flatMap((stack) => stack.state),
      ...this.judge.state,
      this.arbiter.state,
    ];
    this.state = [
      ...this.#rls.state,
      ...this.#lags.rls.state,
      ...this.#stacks.flatMap((stack) => stack.state),
      ...this.judge.state,
      this.arbiter.state,
      this.#stackErrors.state,
      this.#miss,
      this.#excess.state,
      this.#origins,
      this.opinions,
    ];
  }

  /** Where the opinions held at row `index` on the row `ahead` after it start. */
  at(index: number, ahead: number): number {
    return ((index % (this.#horizon + 1)) * this.#horizon + ahead - 1) * EXPERTS;
  }

  /** The channel's deviation at row `index`; 0: nothing is to be learned of it. */
  scale(index: number): number {
    return this.#origins[this.#origin(index)];
  }

  /** What the opinions of row `index` on the row `ahead` after it are relative to: the value, less the excess that will have gone. */
  base(index: number, ahead: number): number {
    return this.#origins[this.#origin(index) + 2 + ahead];
  }

  /** Forgets all that was learned, not what was seen. */
  startAnew(): void {
    for (const rls of [this.#rls.rls, this.#lags.rls.rls, ...this.#stacks]) rls.startAnew();
    for (const stack of this.#stacks) stack.weights.set(this.#first);
    this.judge.startAnew();
    this.arbiter.startAnew();
  }

  /** Row `index` was followed by `outcome` after `ahead` rows: relative to its base, in its deviations. */
  learn(index: number, ahead: number, outcome: number): void {
    const target = clamp(outcome, TARGET);
    const origin = this.#origin(index);
    const excess = this.#origins[origin + 2];
    if (excess !== 0) {
      const off = (this.#origins[origin + 1] - this.base(index, ahead)) / this.#origins[origin];
      this.#excess.learn(ahead, excess, off - outcome);
    }
    const at = this.at(index, ahead);
    this.#rls.learn(index, ahead, target);
    this.#lags.rls.learn(index, ahead, outcome - this.opinions[at + LAST]);
    const h = ahead - 1;
    const stack = this.#stacks[h];
    const errors = this.#stackErrors;
    const error = target - stack.predict(0, this.opinions, at + RLS);
    const bound = errors.trusted(h) ? HUBER * errors.deviation(h) : Number.MAX_VALUE;
    errors.learn(h, error);
    if (h === 0) this.#miss[0] = clamp(outcome - this.opinions[at + STACK], HUBER * errors.deviation(0));
    stack.excite(this.opinions, at + RLS, this.#gain, 0);
    stack.correct(0, this.#gain, 0, clamp(error, bound));
    const typical = this.#views.moves.deviation(this.#c * this.#horizon + h) / this.#origins[origin];
    const judged = this.judge.mix(h, this.opinions, at);
    this.arbiter.learn(h, judged, this.opinions, at, outcome, this.#origins[origin], typical);
    this.judge.learn(h, this.opinions, at, outcome);
  }

  /** Forms the opinions at row `index`, the newest. `network`: its changes in typical ones, one for each horizon at `from`. */
  form(index: number, seen: boolean, network: Float32Array | undefined, from: number): void {
    const { history, clock, levels, moves, profile, features } = this.#views;
    const c = this.#c;
    const { opinions } = this;
    const s = levels.deviation(c);
    const y = history.at(c, 0);
    const inverse = s > 0 ? 1 / s : 0;
    const origin = this.#origin(index);
    const excess = this.#excess.of(y, c, levels);
    const usual = y - excess * s;
    this.#origins[origin] = seen ? s : 0;
    this.#origins[origin + 1] = y;
    this.#origins[origin + 2] = excess;
    features.write(c, usual, history, levels, clock, this.#rls.inputs, this.#rls.slot(index));
    this.#lags.write(index, c, y, history, levels);
    if (seen && s > 0) {
      this.#rls.excite(index);
      this.#lags.rls.excite(index);
    }
    if (!seen) this.#miss[0] = 0;
    const here = clock.slot(0);
    const now = profile.has(c, here) ? (profile.mean(c, here) - usual) * inverse : 0;
    const level = (usual - levels.mean(c)) * inverse;
    for (let ahead = 1; ahead <= this.#horizon; ahead++) {
      const at = this.at(index, ahead);
      const typical = moves.deviation(c * this.#horizon + ahead - 1) * inverse;
      const bound = MOST * typical;
      const base = y - this.#excess.gone(excess, ahead) * s;
      this.#origins[origin + 2 + ahead] = base;
      const slot = clock.slot(ahead);
      opinions[at + LAST] = (y - base) * inverse;
      opinions[at + RLS] = clamp(this.#rls.predict(index, ahead), bound);
      opinions[at + LAGS] = opinions[at + LAST] + this.#lags.rls.predict(index, ahead);
      opinions[at + SHORT] = this.#season(clock.short, ahead, base, inverse, bound);
      opinions[at + LONG] = this.#season(clock.long, ahead, base, inverse, bound);
      opinions[at + NETWORK] = network ? clamp(network[from + ahead - 1], MOST) * typical : 0;
      opinions[at + PROFILE] = profile.has(c, slot) ? clamp((profile.mean(c, slot) - base) * inverse, bound) : 0;
      opinions[at + NOW] = clamp(now, bound);
      opinions[at + LEVEL] = clamp(level, bound);
      opinions[at + MISS] = clamp(this.#miss[0], bound);
      opinions[at + STACK] = clamp(this.#stacks[ahead - 1].predict(0, opinions, at + RLS), bound);
    }
  }

  #season(rows: number, ahead: number, base: number, inverse: number, bound: number): number {
    const { history } = this.#views;
    const back = seasonalLag(rows, ahead);
    return history.has(back) ? clamp((history.at(this.#c, back) - base) * inverse, bound) : 0;
  }

  #origin(index: number): number {
    return (index % (this.#horizon + 1)) * (this.#horizon + 3);
  }

  /** One expert's opinion held at row `index`; 'judge': its mixture, before the arbiter. */
  opinion(expert: Expert, index: number, ahead: number): number {
    const at = this.at(index, ahead);
    return expert === 'judge'
      ? this.judge.mix(ahead - 1, this.opinions, at)
      : this.opinions[at + NAMES.indexOf(expert)];
  }

  /** What comes of the opinions held at row `index`: the judge's mixture, and the arbiter's over it. */
  mix(index: number, ahead: number): number {
    const at = this.at(index, ahead);
    const h = ahead - 1;
    return this.arbiter.mix(h, this.judge.mix(h, this.opinions, at), this.opinions, at);
  }
}
