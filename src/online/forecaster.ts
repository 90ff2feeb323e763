import { Clock } from './clock.js';
import { Experts } from './experts.js';
import { History } from './history.js';
import { LagFeatures } from './lagFeatures.js';
import type { NetworkExpert } from './networkExpert.js';
import { Profile } from './profile.js';
import { RunningScales } from './runningScales.js';
import { SeasonFinder, type Seasons } from './seasonFinder.js';

export interface ForecasterOptions {
  channels: number;
  horizon: number;
  /** Short and long season in rows, 0 for none. Left out: found. */
  seasons?: Seasons;
  network?: NetworkExpert;
}

/**
 * Forecasts every channel of a stream of rows 1 … horizon rows ahead, and learns from each row as it comes: experts (last
 * value, least squares, seasonal naive, network) → stack → judge. A forecast is learned from only when its row has come.
 */
export class Forecaster {
  /** [horizon × channels], row-major, in the data's units. */
  readonly forecast: Float64Array;
  readonly history: History;
  readonly clock = new Clock();
  readonly levels: RunningScales;
  readonly moves: RunningScales;
  /** Own errors, in data units. */
  readonly errors: RunningScales;
  readonly channels: number;
  readonly horizon: number;
  readonly experts: readonly Experts[];
  readonly seen: Uint8Array;
  /** The newest row's number, from 0; −1 before it. */
  index = -1;
  readonly #features: LagFeatures;
  readonly #profile: Profile;
  readonly #network: NetworkExpert | undefined;
  readonly #row: Float64Array;
  readonly #finder: SeasonFinder;

  constructor({ channels, horizon, seasons, network }: ForecasterOptions) {
    this.channels = channels;
    this.horizon = horizon;
    this.forecast = new Float64Array(horizon * channels);
    this.levels = new RunningScales(channels, 4, true);
    this.moves = new RunningScales(channels * horizon, 5, false);
    this.errors = new RunningScales(channels * horizon, 5, false);
    this.#features = new LagFeatures(channels, horizon);
    this.#profile = new Profile(channels);
    this.history = new History(channels, Math.max(64, this.#features.rows(0, horizon)));
    this.#row = new Float64Array(channels);
    this.seen = new Uint8Array(channels);
    this.#network = network;
    this.#finder = new SeasonFinder(this.history, this.clock, seasons);
    const views = {
      history: this.history,
      clock: this.clock,
      levels: this.levels,
      moves: this.moves,
      profile: this.#profile,
      features: this.#features,
    };
    this.experts = Array.from({ length: channels }, (_, c) => new Experts(c, horizon, views, network !== undefined));
    this.#openSeasons();
  }

  /** Takes the next row, NaN where a value is missing, and its time in milliseconds, NaN for none. Writes `forecast`. */
  step(row: Float64Array, time: number): void {
    const { channels, horizon, history } = this;
    const index = ++this.index;
    for (let c = 0; c < channels; c++) {
      this.seen[c] = Number.isNaN(row[c]) ? 0 : 1;
      this.#row[c] = this.seen[c] === 1 ? row[c] : index > 0 ? history.at(c, 0) : 0;
    }
    history.push(this.#row);
    if (this.#finder.step(time)) this.#openSeasons();
    for (let c = 0; c < channels; c++) if (this.seen[c] === 1) this.#learn(c);
    const network = this.#network?.step(this, this.seen);
    for (let c = 0; c < channels; c++) {
      this.experts[c].form(index, this.seen[c] === 1, network, c * horizon);
      const s = this.levels.deviation(c);
      const y = this.#row[c];
      for (let ahead = 1; ahead <= horizon; ahead++) {
        this.forecast[(ahead - 1) * channels + c] = y + s * this.experts[c].mix(index, ahead);
      }
    }
  }

  #learn(c: number): void {
    const { horizon, index, history } = this;
    const y = this.#row[c];
    const experts = this.experts[c];
    for (let ahead = 1; ahead <= horizon && ahead <= index; ahead++) {
      const outcome = experts.outcome(index - ahead, y);
      if (!Number.isNaN(outcome)) experts.learn(index - ahead, ahead, outcome);
      this.moves.learn(c * horizon + ahead - 1, y - history.at(c, ahead));
    }
    this.levels.learn(c, y);
    this.#profile.learn(c, this.clock.slot(0), y);
  }

  #openSeasons(): void {
    const { short, long, slots } = this.clock;
    this.history.grow(this.#features.rows(Math.max(short, long), this.horizon));
    if (slots !== this.#profile.slots) this.#profile.open(slots);
  }
}
