import { snapshotRecord } from '../core/snapshotRecord.js';
import type { Snapshot } from '../core/stage.js';
import { Clock } from '../stats/clock.js';
import { History } from '../stats/history.js';
import type { Storage } from '../stats/rls/covariance.js';
import { RunningScales } from '../stats/runningScales.js';
import { checkArrays, numberOf, packState } from '../stats/state.js';
import { BaseForecasters } from './baseForecasters.js';
import { LagFeatures } from './lagFeatures.js';
import type { NetworkForecaster } from './networkForecaster.js';
import { type BaseForecaster, LAGS, LAST, LONG, SHORT } from './predictionSlots.js';
import { Profile } from './profile.js';
import { Recovery } from './recovery.js';
import { SeasonFinder, type Seasons } from './seasonFinder.js';
import { RunningSkill } from './skill.js';

export interface ForecasterOptions {
  channels: number;
  horizon: number;
  /** Short and long season in rows, 0 for none. Left out: found. */
  seasons?: Seasons | undefined;
  network?: NetworkForecaster | undefined;
}

/**
 * Forecasts every channel of a stream of rows 1 … horizon rows ahead, and learns from each row as it comes: base forecasters (last
 * value, least squares, seasonal naive, network) → stack → exponential weights → combiner. A forecast is learned from only when its row has come.
 *
 *     const forecaster = new Forecaster({ channels: 1, horizon: 5 });
 *     forecaster.step(Float64Array.of(20.5), Number.NaN);
 *     forecaster.forecast; // [5 × 1]
 */
export class Forecaster {
  /** [horizon × channels], row-major, in the data's units. */
  readonly forecast: Float64Array;
  readonly history: History;
  readonly clock = new Clock();
  readonly levels: RunningScales;
  readonly moves: RunningScales;
  readonly profile: Profile;
  readonly skill = new RunningSkill();
  /** The newest row's number, from 0; −1 before it. */
  index = -1;
  readonly #channels: number;
  readonly #horizon: number;
  readonly #features: LagFeatures;
  readonly #baseForecasters: readonly BaseForecasters[];
  readonly #recoveries: readonly Recovery[];
  readonly #finder: SeasonFinder;
  readonly #network: NetworkForecaster | undefined;
  /** Own errors, in the data's units. */
  readonly #errors: RunningScales;
  readonly #row: Float64Array;
  readonly #seen: Uint8Array;
  /** Squared errors that came due with the newest row: eddy's and the baselines'. */
  readonly #losses = new Float64Array(5);

  constructor({ channels, horizon, seasons, network }: ForecasterOptions) {
    this.#channels = channels;
    this.#horizon = horizon;
    this.#network = network;
    this.forecast = new Float64Array(horizon * channels);
    this.levels = new RunningScales(channels, 4, true);
    this.moves = new RunningScales(channels * horizon, 5, false);
    this.#errors = new RunningScales(channels * horizon, 5, false);
    this.#features = new LagFeatures(channels, horizon);
    this.profile = new Profile(channels);
    this.history = new History(channels, Math.max(64, this.#features.rows(0, horizon)));
    this.#row = new Float64Array(channels);
    this.#seen = new Uint8Array(channels);
    this.#finder = new SeasonFinder(this.history, this.clock, seasons);
    const views = { ...this.#views(), features: this.#features };
    this.#baseForecasters = Array.from({ length: channels }, (_, c) => new BaseForecasters(c, horizon, views, network));
    this.#recoveries = this.#baseForecasters.map(
      (baseForecasters) =>
        new Recovery(baseForecasters.weights, baseForecasters.learned, () => baseForecasters.reset()),
    );
    this.#createSeasons();
  }

  /** Roll-backs to a good copy so far. */
  get recoveries(): number {
    return this.#recoveries.reduce((sum, { count }) => sum + count, 0);
  }

  /** The root mean square of the own errors so far, in the data's units: what `forecast[i]` is to be read with. */
  spread(i: number): number {
    const ahead = Math.floor(i / this.#channels);
    return this.#errors.deviation((i % this.#channels) * this.#horizon + ahead);
  }

  /** Takes the next row, NaN where a value is missing, and its time in milliseconds, NaN for none. Writes `forecast`. */
  step(row: Float64Array, time: number): void {
    const channels = this.#channels;
    const horizon = this.#horizon;
    const index = ++this.index;
    for (let c = 0; c < channels; c++) {
      this.#seen[c] = Number.isNaN(row[c]) ? 0 : 1;
      this.#row[c] = this.#seen[c] === 1 ? row[c] : index > 0 ? this.history.at(c, 0) : 0;
    }
    this.history.push(this.#row);
    if (this.#finder.step(time)) this.#createSeasons();
    this.#learn();
    const network = this.#network?.step(this, this.#seen);
    for (let c = 0; c < channels; c++) {
      const baseForecasters = this.#baseForecasters[c];
      baseForecasters.form(index, this.#seen[c] === 1, network, c * horizon);
      const s = this.levels.deviation(c);
      for (let ahead = 1; ahead <= horizon; ahead++) {
        this.forecast[(ahead - 1) * channels + c] =
          baseForecasters.base(index, ahead) + s * baseForecasters.mix(index, ahead);
      }
    }
  }

  /** What one base forecaster alone forecasts after the newest row, [horizon × channels]; its predictions depend on no weights. */
  forecastOf(baseForecaster: BaseForecaster): Float64Array {
    return this.forecast.map((_, i) => {
      const c = i % this.#channels;
      const ahead = Math.floor(i / this.#channels) + 1;
      const baseForecasters = this.#baseForecasters[c];
      return (
        baseForecasters.base(this.index, ahead) +
        this.levels.deviation(c) * baseForecasters.prediction(baseForecaster, this.index, ahead)
      );
    });
  }

  snapshot(): Snapshot {
    return {
      index: this.index,
      rows: this.history.count,
      capacity: this.history.capacity,
      slots: this.profile.slots,
      parts: packState(this.#parts()),
      ...(this.#network ? { network: this.#network.snapshot() } : {}),
    };
  }

  /** @throws EddyError `invalid-state` on a snapshot of another shape; nothing has changed then. */
  restore(from: Snapshot): void {
    const [index, rows, capacity, slots] = ['index', 'rows', 'capacity', 'slots'].map((name) =>
      numberOf('forecast', from, name),
    );
    const lengths = this.#parts().map(({ length }) => length);
    lengths[0] = this.#channels * capacity;
    lengths[1] = this.#channels * slots * 2;
    const saved = checkArrays('forecast', lengths, from.parts);
    this.#network?.restore(snapshotRecord('forecast', 'network', from.network));
    this.history.open(capacity);
    this.profile.open(slots);
    this.#parts().forEach((values, i) => {
      values.set(saved[i]);
    });
    this.index = index;
    this.history.count = rows;
  }

  dispose(): void {
    this.#network?.dispose();
  }

  #learn(): void {
    const horizon = this.#horizon;
    for (let c = 0; c < this.#channels; c++) {
      if (this.#seen[c] === 0) continue;
      const y = this.#row[c];
      this.#losses.fill(0);
      let count = 0;
      for (let ahead = 1; ahead <= horizon && ahead <= this.index; ahead++) {
        const i = c * horizon + ahead - 1;
        if (this.#learnOne(c, ahead, y)) count++;
        this.moves.learn(i, y - this.history.at(c, ahead));
      }
      if (count > 0) {
        for (let k = 0; k < 5; k++) this.#losses[k] /= count;
        this.skill.learn(this.#losses);
        this.#recoveries[c].watch(this.#losses[0], this.#losses[1]);
      }
      this.levels.learn(c, y);
      this.profile.learn(c, this.clock.slot(0), y);
    }
  }

  /** What row index − ahead thought of the newest one; false where it could not be scored. */
  #learnOne(c: number, ahead: number, y: number): boolean {
    const baseForecasters = this.#baseForecasters[c];
    const from = this.index - ahead;
    const s = baseForecasters.scale(from);
    if (!(s > 0)) return false;
    const outcome = (y - baseForecasters.base(from, ahead)) / s;
    const i = c * this.#horizon + ahead - 1;
    const typical = this.moves.deviation(i) / s;
    const own = outcome - baseForecasters.mix(from, ahead);
    this.#errors.learn(i, own * s);
    const scored = typical > 0;
    if (scored) {
      const at = baseForecasters.at(from, ahead);
      const { predictions } = baseForecasters;
      const losses = this.#losses;
      losses[0] += square(own / typical);
      losses[1] += square((outcome - predictions[at + LAST]) / typical);
      losses[2] += square((outcome - predictions[at + SHORT]) / typical);
      losses[3] += square((outcome - predictions[at + LONG]) / typical);
      losses[4] += square((outcome - predictions[at + LAGS]) / typical);
    }
    baseForecasters.learn(from, ahead, outcome);
    return scored;
  }

  #createSeasons(): void {
    const { short, long, slots } = this.clock;
    this.history.grow(this.#features.rows(Math.max(short, long), this.#horizon));
    if (slots !== this.profile.slots) this.profile.open(slots);
  }

  #views() {
    const { history, clock, levels, moves, profile } = this;
    return { history, clock, levels, moves, profile };
  }

  #parts(): readonly Storage[] {
    return [
      this.history.values,
      this.profile.state,
      this.clock.state,
      this.clock.gaps,
      this.#finder.state,
      this.levels.state,
      this.moves.state,
      this.#errors.state,
      this.skill.state,
      this.forecast,
      ...this.#baseForecasters.flatMap(({ state }) => state),
      ...this.#recoveries.flatMap(({ state, copies }) => [state, ...copies]),
    ];
  }
}

const square = (x: number) => x * x;
