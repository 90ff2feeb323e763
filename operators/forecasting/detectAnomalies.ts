import type { OperatorFunction } from 'rxjs';
import { AnomalyLikelihood } from '../../src/anomaly/anomalyLikelihood.js';
import type { AnomalyScore, AnomalyScorer, Part } from '../../src/anomaly/anomalyScore.js';
import { EVERYDAY } from '../../src/anomaly/eventPeaks.js';
import { TailScore, type TailScoreOptions } from '../../src/anomaly/tailScore.js';
import { EddyError } from '../../src/core/errors.js';
import { checkOnInvalid, type OnInvalid, SampleReader } from '../../src/core/onInvalid.js';
import { snapshotRecord } from '../../src/core/snapshotRecord.js';
import type { OpenStage, Snapshot } from '../../src/core/stage.js';
import type { OneStepForecaster } from '../../src/forecast/oneStepForecaster.js';
import { SeriesForecaster } from '../../src/forecast/seriesForecaster.js';
import { type Interval, Intervals } from '../../src/intervals/intervals.js';
import { asOperator } from '../streams/asOperator.js';

export interface DetectAnomaliesOptions<In> extends TailScoreOptions {
  /** The number to watch; null or undefined where it is missing. Default: the sample itself. */
  value?: (sample: In) => unknown;
  /** The sample's time in ms since 1970. With it the time of day and missing rows are known. Default: none. */
  time?: (sample: In) => number | undefined;
  /** `alarm`: rows that are missing are an anomaly themselves. Default `ignore`. */
  gaps?: 'ignore' | 'alarm';
  /** The share of values that [low, high] may miss, 0 < alpha < 1. Default 0.05. */
  alpha?: number;
  /**
   * `tails`: tails of the largest events, of several parts. `likelihood`: the anomaly likelihood of Ahmad et al. 2017, of the
   * error alone. Default `tails`.
   */
  scoring?: 'tails' | 'likelihood';
  /** Makes the forecaster of a run. Default: least squares, seasons and profile, stacked and weighted. */
  forecaster?: () => OneStepForecaster;
  /** What a value that is neither missing nor a finite number does. Default 'error'. */
  onInvalid?: OnInvalid;
}

export interface Anomaly extends Omit<AnomalyScore, 'cause'> {
  /** 1, 2, … */
  readonly index: number;
  /** null where it is missing. */
  readonly value: number | null;
  /** What was forecast for this row, before it came; null at the first. */
  readonly forecast: number | null;
  /** The forecast's interval; null until a forecast has been tried. */
  readonly low: number | null;
  readonly high: number | null;
  /** What is expected of the row after this one. */
  readonly next: NextForecast;
  /** The part that is most unusual, or that rows are missing. */
  readonly cause: Part | 'gap';
}

/** A forecast of a row that has not come, and its interval; null while there is none. */
export type NextForecast = Pick<Anomaly, 'forecast' | 'low' | 'high'>;

/**
 * Scores each sample by how unusual it is after all that came before, from 0 to 1; 0.5 and above is an alarm.
 *
 *     source              --5--5--6--5--6--90--6--|
 *     detectAnomalies()   --0--0--0--0--0--.9--0--|      .9 is { score: .9, alarm: true, cause: 'error', … }
 *
 * A sample is scored by the forecast made before it came, then learned from. Scale, season and threshold need no tuning:
 * each part (its error, the spread of errors, their shape, the time of day, how long it has hardly moved) compares itself with the largest
 * events of its own past. An alarm that only repeats a recent one, or one of the day before at the same hour, is halved, below 0.5.
 *
 * - Emits:  one for each sample, in the same turn; a missing one scores 0 unless `gaps` is 'alarm'.
 * - Fails:  on a value that is neither missing nor a finite number, unless `onInvalid` says otherwise.
 * - State:  one run per subscription, of constant size; with `keyed` one per key.
 *
 *     readings$.pipe(detectAnomalies({ value: (r) => r.celsius, time: (r) => r.at })).pipe(filter((a) => a.alarm))
 */
export const detectAnomalies = <In>(options?: DetectAnomaliesOptions<In>): OperatorFunction<In, Anomaly> =>
  asOperator(detectAnomaliesStage(options));

export function detectAnomaliesStage<In>(options: DetectAnomaliesOptions<In> = {}): () => OpenStage<In, Anomaly> {
  const { gaps = 'ignore', alpha = 0.05, onInvalid = 'error', forecaster = () => new SeriesForecaster() } = options;
  checkOnInvalid(onInvalid, 'detectAnomalies');
  if (gaps !== 'ignore' && gaps !== 'alarm') {
    throw new EddyError(
      'invalid-option',
      `detectAnomalies: gaps must be 'ignore' or 'alarm', got ${String(gaps)}; leave it out for 'ignore'`,
    );
  }
  createScorer(options);
  new Intervals({ alpha });
  return () => new Detection(options, gaps === 'alarm', forecaster(), new Intervals({ alpha }), onInvalid);
}

function createScorer<In>({ scoring = 'tails', ...options }: DetectAnomaliesOptions<In>): AnomalyScorer {
  if (scoring === 'tails') return new TailScore(options);
  if (scoring === 'likelihood') return new AnomalyLikelihood();
  throw new EddyError(
    'invalid-option',
    `detectAnomalies: scoring must be 'tails' or 'likelihood', got ${String(scoring)}; leave it out for 'tails'`,
  );
}

class Detection<In> implements OpenStage<In, Anomaly> {
  readonly snapshot?: () => Snapshot;
  readonly restore?: (from: Snapshot) => void;
  readonly #pick: (sample: In) => unknown;
  readonly #time: (sample: In) => number | undefined;
  readonly #reader: SampleReader;
  readonly #anomalyScore: AnomalyScorer;
  /** the last value, and the number of the last row */
  readonly #value = new Float64Array(2);
  /** the forecast of the next row and its interval; NaN before the first */
  readonly #next = new Float64Array(3).fill(Number.NaN);

  constructor(
    { value = (sample) => sample, time = () => undefined, ...options }: DetectAnomaliesOptions<In>,
    private readonly gapsAlarm: boolean,
    private readonly forecaster: OneStepForecaster,
    private readonly intervals: Intervals,
    onInvalid: OnInvalid,
  ) {
    this.#pick = value;
    this.#time = time;
    this.#reader = new SampleReader('detectAnomalies', 1, onInvalid);
    this.#anomalyScore = createScorer(options);
    // A forecaster that cannot be copied makes a run that cannot be: better none than half a snapshot.
    if (forecaster.snapshot && forecaster.restore) {
      this.snapshot = () => this.#copy();
      this.restore = (from) => this.#put(from);
    }
  }

  step(sample: In, emit: (out: Anomaly) => void): void {
    const picked = this.#pick(sample);
    const time = finite(this.#time(sample));
    if (picked === null || picked === undefined) {
      emit(this.#miss(time));
    } else if (this.#reader.read(picked, this.#value, 0) !== 'skipped') emit(this.#scorer(this.#value[0], time));
  }

  #scorer(value: number, time: number | undefined): Anomaly {
    const [predicted, low, high] = this.#next;
    const anomalyScore = this.#anomalyScore.step(value, Number.isFinite(predicted) ? predicted : value, time);
    const gap = this.gapsAlarm && anomalyScore.missing > 0;
    const reported = nextForecastOf(predicted, low, high);
    this.#predictNext(value, this.forecaster.step(value, time));
    const row = { index: ++this.#value[1], value, ...reported, next: this.#reported() };
    return gap ? { ...row, ...anomalyScore, score: 1, alarm: true, cause: 'gap' } : { ...row, ...anomalyScore };
  }

  #miss(time: number | undefined): Anomaly {
    const [predicted, low, high] = this.#next;
    const reported = nextForecastOf(predicted, low, high);
    this.#anomalyScore.miss(time);
    if (!Number.isNaN(predicted)) this.#predictNext(undefined, this.forecaster.step(Number.NaN, time));
    const alarm = this.gapsAlarm;
    const row = { index: ++this.#value[1], value: null, ...reported, next: this.#reported() };
    return { ...row, score: alarm ? 1 : 0, alarm, cause: 'gap', expected: EVERYDAY, missing: 0, parts: {} };
  }

  #reported(): NextForecast {
    const [forecast, low, high] = this.#next;
    return nextForecastOf(forecast, low, high);
  }

  #predictNext(value: number | undefined, predicted: number): void {
    const forecast = Number.isFinite(predicted) ? predicted : this.#value[0];
    const { low, high }: Interval = this.intervals.step(value, forecast);
    this.#next[0] = forecast;
    this.#next[1] = low;
    this.#next[2] = high;
  }

  #copy(): Snapshot {
    return {
      reader: this.#reader.snapshot(),
      tails: this.#anomalyScore.snapshot(),
      intervals: this.intervals.snapshot(),
      forecaster: this.forecaster.snapshot?.() ?? null,
      next: this.#next.slice(),
      value: this.#value.slice(),
    };
  }

  #put({ reader, tails, intervals, forecaster, next, value }: Snapshot): void {
    if (
      !(next instanceof Float64Array) ||
      next.length !== 3 ||
      !(value instanceof Float64Array) ||
      value.length !== 2
    ) {
      throw new EddyError(
        'invalid-state',
        'detectAnomalies: a snapshot must hold the next forecast, this one does not; restore what snapshot() gave',
      );
    }
    this.#anomalyScore.restore(snapshotRecord('detectAnomalies', 'tails', tails));
    this.intervals.restore(snapshotRecord('detectAnomalies', 'intervals', intervals));
    this.forecaster.restore?.(snapshotRecord('detectAnomalies', 'forecaster', forecaster));
    this.#reader.restore(snapshotRecord('detectAnomalies', 'reader', reader));
    this.#next.set(next);
    this.#value.set(value);
  }

  dispose(): void {
    this.forecaster.dispose?.();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

const finite = (value: number | undefined) => (value !== undefined && Number.isFinite(value) ? value : undefined);

/** What goes out of a forecast: no infinities, so that it can be written as JSON. */
const nextForecastOf = (forecast: number, low: number, high: number): NextForecast => ({
  forecast: orNull(forecast),
  low: orNull(low),
  high: orNull(high),
});
const orNull = (value: number) => (Number.isFinite(value) ? value : null);
