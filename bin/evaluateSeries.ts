import { EddyError } from '../src/core/errors.js';
import { createDrift } from '../src/forecast/baselines/drift.js';
import { createHoltWinters } from '../src/forecast/baselines/holtWinters.js';
import { createLastValue } from '../src/forecast/baselines/lastValue.js';
import { createRlsOnLags } from '../src/forecast/baselines/rlsOnLags.js';
import { createSeasonalNaive } from '../src/forecast/baselines/seasonalNaive.js';
import { type Evaluated, Evaluation } from '../src/forecast/evaluation.js';
import type { ForecastModel, ForecastShape } from '../src/forecast/forecastModel.js';
import type { Seasons } from '../src/forecast/seasonFinder.js';
import { createForecastEngine } from '../src/forecast/startedForecastEngine.js';
import { startNetworks } from '../src/nn/startNetworks.js';
import { createIntervalScores, type IntervalScores, NO_INTERVALS } from './intervalScores.js';
import type { Series } from './series.js';

export interface EvaluateOptions {
  horizons: readonly number[];
  /** Rows whose deviations are the unit of the scores. Default a fifth of all. */
  train?: number | undefined;
  /** The first row that is forecast for the score, from 0. Default the end of `train`, or a quarter of all where that is left out. */
  from?: number | undefined;
  /** Short and long season in rows. Left out: found. */
  seasons?: Seasons | undefined;
  /** The share of values that intervals may miss. Default 0.1. */
  alpha?: number | undefined;
  /** Called now and then with what is done, 0 … 1. */
  progress?: (model: string, horizon: number, done: number) => void;
  /** Sees eddy's forecasts [horizon × columns] as they are made. */
  watch?: (horizon: number, row: number, forecast: Float64Array) => void;
}

/** One line of the scoreboard. */
export interface EvaluatedRow extends Evaluated, IntervalScores {
  model: string;
  horizon: number;
  /** 1 − MSE / MSE of the best baseline. */
  skill: number;
}

type Open = (shape: ForecastShape, seasons: Seasons | undefined) => ForecastModel;

/** Eddy and the baselines, in the order of the table. */
const MODELS: ReadonlyArray<readonly [name: string, open: Open]> = [
  ['eddy', createEngineModel],
  ['last value', createLastValue],
  ['seasonal naive', (shape, seasons) => createSeasonalNaive(shape, seasons, 0)],
  ['seasonal naive, long', (shape, seasons) => createSeasonalNaive(shape, seasons, 1)],
  ['drift', createDrift],
  ['Holt-Winters', createHoltWinters],
  ['RLS on lags', createRlsOnLags],
];

/**
 * The scoreboard of a series: every model runs over all rows, once for each horizon, and is scored on the same rows by
 * forecasts that were made before them. MSE and MAE are means over columns and steps 1 … horizon, in units of each column's
 * deviation over the training rows. Around eddy's forecasts stand conformal intervals, scored `horizon` rows ahead.
 *
 * @throws EddyError `invalid-option` on a horizon, `train` or `from` that the series cannot have.
 */
export async function evaluateSeries(series: Series, options: EvaluateOptions): Promise<EvaluatedRow[]> {
  const { rows } = series;
  const { horizons } = options;
  const train = options.train ?? Math.max(1, Math.floor(rows.length / 5));
  const from = options.from ?? options.train ?? Math.ceil(rows.length / 4);
  requireRows('train', train, 1, rows.length);
  for (const horizon of horizons) requireRows('from', from, 1, rows.length - horizon);
  const deviations = deviationsOf(rows.slice(0, train), series.columns.length);
  await startNetworks();
  const board: EvaluatedRow[] = [];
  for (const horizon of horizons) {
    const scored: EvaluatedRow[] = [];
    for (const [name, open] of MODELS) {
      const shape = { channels: series.columns.length, horizon };
      const model = open(shape, options.seasons);
      try {
        scored.push({
          model: name,
          horizon,
          skill: 0,
          ...evaluateModel(name, model, series, { ...shape, from, deviations }, options),
        });
      } finally {
        model.dispose?.();
      }
      // Lets a signal or a terminal in between two models.
      await new Promise((resolve) => setImmediate(resolve));
    }
    const best = Math.min(...scored.slice(1).map(({ mse }) => mse));
    for (const row of scored) row.skill = best > 0 ? 1 - row.mse / best : row.mse > 0 ? -1 : 0;
    board.push(...scored);
  }
  return board;
}

/** The engine as a model beside the baselines. */
function createEngineModel({ channels, horizon }: ForecastShape, season: Seasons | undefined): ForecastModel {
  const engine = createForecastEngine({ horizon, season }, channels);
  const forecast = new Float64Array(horizon * channels);
  return {
    forecast,
    step: (row, time) => forecast.set(engine.step(row, time).forecast),
    dispose: () => engine.dispose(),
  };
}

/** Runs one model over a series and scores it. */
function evaluateModel(
  name: string,
  model: ForecastModel,
  { rows, times }: Series,
  scoring: ConstructorParameters<typeof Evaluation>[0],
  { alpha = 0.1, progress, watch }: EvaluateOptions,
): Evaluated & IntervalScores {
  const evaluation = new Evaluation(scoring);
  const intervals = name === 'eddy' ? createIntervalScores({ ...scoring, alpha }) : undefined;
  const now = () => performance.now();
  for (let t = 0; t < rows.length; t++) {
    evaluation.step(model, rows[t], times[t], now);
    intervals?.step(rows[t], model.forecast);
    if (name === 'eddy') watch?.(scoring.horizon, t, model.forecast);
    if ((t & 511) === 0) progress?.(name, scoring.horizon, t / rows.length);
  }
  return { ...evaluation.result(), ...(intervals?.read() ?? NO_INTERVALS) };
}

/** Population deviations over the rows, gaps left out; 1 for a column that does not vary. */
export function deviationsOf(rows: readonly Float64Array[], columns: number): Float64Array {
  return Float64Array.from({ length: columns }, (_, c) => {
    const values = rows.map((row) => row[c]).filter((value) => !Number.isNaN(value));
    const mean = values.reduce((sum, value) => sum + value / values.length, 0);
    const variance = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / values.length;
    const deviation = Math.sqrt(variance);
    return deviation > 1e-9 * Math.abs(mean) ? deviation : 1;
  });
}

function requireRows(option: string, value: number, least: number, most: number): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  const rule = most < least ? `the file has too few rows for it` : `it must be a whole number from ${least} to ${most}`;
  throw new EddyError(
    'invalid-option',
    `evaluate: --${option} is ${value}, ${rule}; give more rows or a shorter --horizon`,
  );
}
