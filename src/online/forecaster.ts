import type { Kept } from '../readouts/rls/covariance.js';
import { snapshotRecord } from '../snapshotRecord.js';
import type { Snapshot } from '../stage.js';
import { Clock } from './clock.js';
import { type Expert, Experts, LAGS, LAST, LONG, SHORT } from './experts.js';
import { History } from './history.js';
import { LagFeatures } from './lagFeatures.js';
import type { NetworkExpert } from './networkExpert.js';
import { Profile } from './profile.js';
import { Recovery } from './recovery.js';
import { RunningScales } from './runningScales.js';
import { SeasonFinder, type Seasons } from './seasonFinder.js';
import { RunningSkill } from './skill.js';
import { checkState, numberOf, packState } from './state.js';

export interface ForecasterOptions {
  channels: number;
  horizon: number;
  /** Short and long season in rows, 0 for none. Left out: found. */
  seasons?: Seasons | undefined;
  network?: NetworkExpert | undefined;
}

/**
 * Forecasts every channel of a stream of rows 1 … horizon rows ahead, and learns from each row as it comes: experts (last
 * value, least squares, seasonal naive, network) → stack → judge → arbiter. A forecast is learned from only when its row has come.
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
  readonly #experts: readonly Experts[];
  readonly #recoveries: readonly Recovery[];
  readonly #finder: SeasonFinder;
  readonly #network: NetworkExpert | undefined;
  /** Own errors, in the data's units. */
  readonly #errors: RunningScales;
  readonly #row: Float64Array;
  readonly #seen: Uint8Array;
  /** Squared errors that came due with the newest row: eddy's and the baselines'. */
  readonly #due = new Float64Array(5);

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
    this.#experts = Array.from({ length: channels }, (_, c) => new Experts(c, horizon, views, network));
    this.#recoveries = this.#experts.map(
      (experts) => new Recovery(experts.weights, experts.learned, () => experts.startAnew()),
    );
    this.#openSeasons();
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
    if (this.#finder.step(time)) this.#openSeasons();
    this.#learn();
    const network = this.#network?.step(this, this.#seen);
    for (let c = 0; c < channels; c++) {
      const experts = this.#experts[c];
      experts.form(index, this.#seen[c] === 1, network, c * horizon);
      const s = this.levels.deviation(c);
      for (let ahead = 1; ahead <= horizon; ahead++) {
        this.forecast[(ahead - 1) * channels + c] = experts.base(index, ahead) + s * experts.mix(index, ahead);
      }
    }
  }

  /** What one expert alone forecasts after the newest row, [horizon × channels]; its opinions depend on no judge. */
  forecastOf(expert: Expert): Float64Array {
    return this.forecast.map((_, i) => {
      const c = i % this.#channels;
      const ahead = Math.floor(i / this.#channels) + 1;
      const experts = this.#experts[c];
      return experts.base(this.index, ahead) + this.levels.deviation(c) * experts.opinion(expert, this.index, ahead);
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
    const saved = checkState('forecast', lengths, from.parts);
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
      this.#due.fill(0);
      let count = 0;
      for (let ahead = 1; ahead <= horizon && ahead <= this.index; ahead++) {
        const i = c * horizon + ahead - 1;
        if (this.#learnOne(c, ahead, y)) count++;
        this.moves.learn(i, y - this.history.at(c, ahead));
      }
      if (count > 0) {
        for (let k = 0; k < 5; k++) this.#due[k] /= count;
        this.skill.learn(this.#due);
        this.#recoveries[c].watch(this.#due[0], this.#due[1]);
      }
      this.levels.learn(c, y);
      this.profile.learn(c, this.clock.slot(0), y);
    }
  }

  /** What row index − ahead thought of the newest one; false where it could not be scored. */
  #learnOne(c: number, ahead: number, y: number): boolean {
    const experts = this.#experts[c];
    const from = this.index - ahead;
    const s = experts.scale(from);
    if (!(s > 0)) return false;
    const outcome = (y - experts.base(from, ahead)) / s;
    const i = c * this.#horizon + ahead - 1;
    const typical = this.moves.deviation(i) / s;
    const own = outcome - experts.mix(from, ahead);
    this.#errors.learn(i, own * s);
    const scored = typical > 0;
    if (scored) {
      const at = experts.at(from, ahead);
      const { opinions } = experts;
      const due = this.#due;
      due[0] += square(own / typical);
      due[1] += square((outcome - opinions[at + LAST]) / typical);
      due[2] += square((outcome - opinions[at + SHORT]) / typical);
      due[3] += square((outcome - opinions[at + LONG]) / typical);
      due[4] += square((outcome - opinions[at + LAGS]) / typical);
    }
    experts.learn(from, ahead, outcome);
    return scored;
  }

  #openSeasons(): void {
    const { short, long, slots } = this.clock;
    this.history.grow(this.#features.rows(Math.max(short, long), this.#horizon));
    if (slots !== this.profile.slots) this.profile.open(slots);
  }

  #views() {
    const { history, clock, levels, moves, profile } = this;
    return { history, clock, levels, moves, profile };
  }

  #parts(): readonly Kept[] {
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
      ...this.#experts.flatMap(({ state }) => state),
      ...this.#recoveries.flatMap(({ state, copies }) => [state, ...copies]),
    ];
  }
}

const square = (x: number) => x * x;
