import { basename } from 'node:path';
import { seasonsOf } from '../src/forecast/options.js';
import { type EvaluatedRow, evaluateSeries } from './evaluateSeries.js';
import { orNull } from './orNull.js';
import { openOutput } from './outputFile.js';
import { drawBoard } from './plot.js';
import { readSeries, type Series } from './series.js';

export interface EvaluateOptions {
  columns: string;
  horizon: number[];
  train?: number;
  from?: number;
  season?: number | readonly number[];
  alpha: number;
  json: boolean;
  plot?: string;
}

const EXCERPT = 400; // rows that a plot shows

/** What `eddy evaluate` does. */
export async function run(file: string, options: EvaluateOptions): Promise<void> {
  const series = await readSeries(
    file,
    options.columns === 'all' ? 'all' : options.columns.split(',').map((name) => name.trim()),
  );
  const plot = await openOutput('--plot', options.plot);
  const excerpt = createExcerpt(series, Math.max(...options.horizon));
  const { stderr } = process;
  const board = await evaluateSeries(series, {
    horizons: options.horizon,
    train: options.train,
    from: options.from,
    seasons: seasonsOf(options.season),
    alpha: options.alpha,
    progress: (model, horizon, done) => {
      if (stderr.isTTY) stderr.write(`\r\u001b[K${horizon} ahead, ${model}: ${Math.round(100 * done)} %`);
    },
    watch: excerpt.watch,
  });
  if (stderr.isTTY) stderr.write('\r\u001b[K');
  if (plot) await plot.write(await drawBoard(board, excerpt.read(), basename(file)));
  if (options.json) {
    const rows = board.map(({ model, horizon, mse, mae, skill, microseconds, coverage, intervalScore }) => ({
      ...{ model, horizon, mse, mae, skill, microseconds },
      coverage: orNull(coverage),
      intervalScore: orNull(intervalScore),
    }));
    process.stdout.write(`${JSON.stringify({ rows })}\n`);
  } else process.stdout.write(`${tableOf(board)}\n`);
}

/** The scoreboard as aligned text. */
function tableOf(board: readonly EvaluatedRow[]): string {
  const lines = board.map(({ model, horizon, mse, mae, skill, coverage, intervalScore, microseconds }) => [
    String(horizon),
    model,
    mse.toFixed(4),
    mae.toFixed(4),
    `${(100 * skill).toFixed(1)} %`,
    Number.isNaN(coverage) ? '–' : `${(100 * coverage).toFixed(1)} %`,
    Number.isNaN(intervalScore) ? '–' : intervalScore.toFixed(4),
    microseconds.toFixed(1),
  ]);
  const table = [['horizon', 'model', 'MSE', 'MAE', 'skill', 'covered', 'interval', 'µs/row'], ...lines];
  const widths = table[0].map((_, k) => Math.max(...table.map((line) => line[k].length)));
  return table
    .map((line) =>
      line
        .map((cell, k) => (k === 1 ? cell.padEnd(widths[k]) : cell.padStart(widths[k])))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Keeps eddy's longest forecasts of the last rows of the first column. */
function createExcerpt({ rows, columns }: Series, horizon: number) {
  const first = Math.max(0, rows.length - EXCERPT);
  const forecast = new Array<number | null>(rows.length - first).fill(null);
  return {
    watch(ahead: number, row: number, values: Float64Array) {
      const at = row + horizon - first;
      if (ahead === horizon && at >= 0 && at < forecast.length) forecast[at] = values[(horizon - 1) * columns.length];
    },
    read: () => ({
      column: columns[0],
      horizon,
      first,
      actual: rows.slice(first).map((row) => orNull(row[0])),
      forecast,
    }),
  };
}
