import { clamp } from '../stats/clamp.js';
import { DelayedRls } from '../stats/delayedRls.js';
import type { OpenCovariance, Storage } from '../stats/rls/covariance.js';
import { Rls } from '../stats/rls.js';
import { RunningScales } from '../stats/runningScales.js';
import { Combiner } from './combiner.js';
import { ExponentialWeights } from './exponentialWeights.js';
import type { ForecastViews } from './forecastViews.js';
import { seasonalLag } from './lagFeatures.js';
import { OutlierReversion } from './outlierReversion.js';
import { PlainLags } from './plainLags.js';
import {
  type BaseForecaster,
  COMBINED,
  COMBINED_NAMES,
  LAGS,
  LAST,
  LEVEL,
  LONG,
  MISS,
  NETWORK,
  NOW,
  PREDICTIONS,
  PROFILE,
  RLS,
  SHORT,
  STACK,
  STACKED,
} from './predictionSlots.js';

const LEAN = 48; // lags of the one that learns fast
const MOST = 5; // no base forecaster may predict a change of more than 5 typical ones
const TARGET = 10; // a target beyond 10 deviations teaches as 10
const HUBER = 2;
const MEMORY = 85; // rows of the stack's memory, for each row ahead and five more
const REACH = 2000; // rows of memory of least squares for one row ahead …
const FURTHER = 60; // … and for each row more: overlapping errors are alike, so fewer of them are news

/**
 * The base forecasters of one channel, the stack and the weights over them. All predict the change from the newest value, in deviations
 * of the channel as they stood at that row.
 */
export class BaseForecasters {
  /** The predictions for each horizon made at the last horizon + 1 rows. */
  readonly predictions: Float64Array;
  readonly exponentialWeights: ExponentialWeights;
  readonly combiner: Combiner;
  /** What a roll-back restores. */
  readonly learned: readonly Storage[];
  /** The weights that show a divergence first. */
  readonly weights: Float64Array;
  readonly state: readonly Storage[];
  readonly #c: number;
  readonly #horizon: number;
  readonly #views: ForecastViews;
  readonly #rls: DelayedRls;
  readonly #lags: PlainLags;
  readonly #stacks: readonly Rls[];
  /** The stack's first weights: half of least squares, half of the network. */
  readonly #first = new Float64Array(STACKED);
  readonly #stackErrors: RunningScales;
  readonly #gain = new Float64Array(STACKED);
  /** The stack's newest error one row ahead: what it got wrong just now it may get wrong again (a moving average's term). */
  readonly #miss = new Float64Array(1);
  readonly #excess: OutlierReversion;
  /** Of the last horizon + 1 rows: the deviation (0: nothing is to be learned), the value, its excess; then a base for each horizon. */
  readonly #origins: Float64Array;

  constructor(
    channel: number,
    horizon: number,
    views: ForecastViews,
    network: { createCovariance: OpenCovariance } | undefined,
  ) {
    this.#c = channel;
    this.#horizon = horizon;
    this.#views = views;
    const open = network?.createCovariance;
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
    this.exponentialWeights = new ExponentialWeights(horizon, COMBINED);
    this.combiner = new Combiner(horizon, [STACK, LAGS]);
    this.#excess = new OutlierReversion(horizon);
    this.#origins = new Float64Array((horizon + 1) * (horizon + 3));
    this.predictions = new Float64Array((horizon + 1) * horizon * PREDICTIONS);
    this.learned = [
      ...this.#rls.rls.state,
      ...this.#lags.rls.rls.state,
      ...this.#stacks.flatMap((stack) => stack.state),
      ...this.exponentialWeights.state,
      this.combiner.state,
    ];
    this.state = [
      ...this.#rls.state,
      ...this.#lags.rls.state,
      ...this.#stacks.flatMap((stack) => stack.state),
      ...this.exponentialWeights.state,
      this.combiner.state,
      this.#stackErrors.state,
      this.#miss,
      this.#excess.state,
      this.#origins,
      this.predictions,
    ];
  }

  /** Where the predictions made at row `index` on the row `ahead` after it start. */
  at(index: number, ahead: number): number {
    return ((index % (this.#horizon + 1)) * this.#horizon + ahead - 1) * PREDICTIONS;
  }

  /** The channel's deviation at row `index`; 0: nothing is to be learned of it. */
  scale(index: number): number {
    return this.#origins[this.#origin(index)];
  }

  /** What the predictions of row `index` on the row `ahead` after it are relative to: the value, less the excess that will have gone. */
  base(index: number, ahead: number): number {
    return this.#origins[this.#origin(index) + 2 + ahead];
  }

  /** Forgets all that was learned, not what was seen. */
  reset(): void {
    for (const rls of [this.#rls.rls, this.#lags.rls.rls, ...this.#stacks]) rls.reset();
    for (const stack of this.#stacks) stack.weights.set(this.#first);
    this.exponentialWeights.reset();
    this.combiner.reset();
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
    this.#lags.rls.learn(index, ahead, outcome - this.predictions[at + LAST]);
    const h = ahead - 1;
    const stack = this.#stacks[h];
    const errors = this.#stackErrors;
    const error = target - stack.predict(0, this.predictions, at + RLS);
    const bound = errors.trusted(h) ? HUBER * errors.deviation(h) : Number.MAX_VALUE;
    errors.learn(h, error);
    if (h === 0) this.#miss[0] = clamp(outcome - this.predictions[at + STACK], HUBER * errors.deviation(0));
    stack.excite(this.predictions, at + RLS, this.#gain, 0);
    stack.correct(0, this.#gain, 0, clamp(error, bound));
    const typical = this.#views.moves.deviation(this.#c * this.#horizon + h) / this.#origins[origin];
    const weighted = this.exponentialWeights.mix(h, this.predictions, at);
    this.combiner.learn(h, weighted, this.predictions, at, outcome, this.#origins[origin], typical);
    this.exponentialWeights.learn(h, this.predictions, at, outcome);
  }

  /** Forms the predictions at row `index`, the newest. `network`: its changes in typical ones, one for each horizon at `from`. */
  form(index: number, seen: boolean, network: Float32Array | undefined, from: number): void {
    const { history, clock, levels, moves, profile, features } = this.#views;
    const c = this.#c;
    const { predictions } = this;
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
      predictions[at + LAST] = (y - base) * inverse;
      predictions[at + RLS] = clamp(this.#rls.predict(index, ahead), bound);
      predictions[at + LAGS] = predictions[at + LAST] + this.#lags.rls.predict(index, ahead);
      predictions[at + SHORT] = this.#season(clock.short, ahead, base, inverse, bound);
      predictions[at + LONG] = this.#season(clock.long, ahead, base, inverse, bound);
      predictions[at + NETWORK] = network ? clamp(network[from + ahead - 1], MOST) * typical : 0;
      predictions[at + PROFILE] = profile.has(c, slot) ? clamp((profile.mean(c, slot) - base) * inverse, bound) : 0;
      predictions[at + NOW] = clamp(now, bound);
      predictions[at + LEVEL] = clamp(level, bound);
      predictions[at + MISS] = clamp(this.#miss[0], bound);
      predictions[at + STACK] = clamp(this.#stacks[ahead - 1].predict(0, predictions, at + RLS), bound);
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

  /** One base forecaster's prediction made at row `index`; 'exponentialWeights': their mixture, before the combiner. */
  prediction(baseForecaster: BaseForecaster, index: number, ahead: number): number {
    const at = this.at(index, ahead);
    return baseForecaster === 'exponentialWeights'
      ? this.exponentialWeights.mix(ahead - 1, this.predictions, at)
      : this.predictions[at + COMBINED_NAMES.indexOf(baseForecaster)];
  }

  /** What comes of the predictions made at row `index`: the mixture of the exponential weights, and the combiner's over it. */
  mix(index: number, ahead: number): number {
    const at = this.at(index, ahead);
    const h = ahead - 1;
    return this.combiner.mix(h, this.exponentialWeights.mix(h, this.predictions, at), this.predictions, at);
  }
}
