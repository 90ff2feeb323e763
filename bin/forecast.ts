import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { lstm } from '../src/cells/lstm/index.js';
import { createModel } from '../src/createModel.js';
import { EddyError } from '../src/errors.js';
import { adam } from '../src/optimizers/adam/index.js';
import { dense } from '../src/readouts/dense/index.js';
import { chart } from './chart.js';
import { FEATURES, type Forecast, openForecaster } from './forecaster.js';
import {
  cellIn,
  firstNumericColumn,
  formatOf,
  type NeededColumn,
  numberIn,
  readTable,
  type TableFormat,
} from './rows.js';
import { openScore, type Summary } from './score.js';

interface ForecastOptions {
  column?: string;
  time?: string;
  format?: TableFormat;
  horizon: number;
  units: number;
  layers: number;
  k1: number;
  k2: number;
  lr: number;
  seed: number;
  season: number;
  onInvalid: 'error' | 'skip' | 'hold';
  chart: boolean;
  jsonSummary?: string;
}

const wholeFrom = (least: number) => (text: string) => {
  const value = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(value) && value >= least) return value;
  throw new InvalidArgumentError(`It must be a whole number ≥ ${least}.`);
};
const rate = (text: string) => {
  try {
    return adam(Number(text)).rate;
  } catch {
    throw new InvalidArgumentError('It must be a number above 0, e.g. 0.001.');
  }
};

/** Adds `eddy forecast` to the program. */
export function addForecast(program: Command): void {
  program
    .command('forecast')
    .summary('forecast a series, row by row, with an LSTM that learns as it reads')
    .description(
      'Reads CSV (with a header) or NDJSON, a row at a time, from a file or standard input, and writes one JSON line a row:\n' +
        'index, time, value, forecast (made at this row, for HORIZON rows ahead), expected (what was forecast for this row), error (value − expected).\n' +
        'A summary goes to standard error: MAE, RMSE, and skill = 1 − MAE / MAE of the baseline.',
    )
    .argument('[file]', 'a .csv, .ndjson or .jsonl file; - for standard input', '-')
    .option('--column <name>', 'the column to forecast (default: the first that holds a number)')
    .option('--time <name>', 'a column to pass on as time')
    .addOption(
      new Option('--format <format>', 'how to read the input (default: by the file’s ending, else csv)').choices([
        'csv',
        'ndjson',
      ]),
    )
    .option('--horizon <rows>', 'how many rows ahead', wholeFrom(1), 1)
    .option('--units <n>', 'LSTM units in a layer', wholeFrom(1), 32)
    .option('--layers <n>', 'LSTM layers', wholeFrom(1), 1)
    .option('--k1 <rows>', 'rows between updates', wholeFrom(1), 1)
    .option('--k2 <rows>', 'rows that an update goes back', wholeFrom(1), 16)
    .option('--lr <rate>', 'Adam’s learning rate', rate, 1e-3)
    .option('--seed <n>', 'of the first weights', wholeFrom(0), 7)
    .option('--season <rows>', 'rows in a season: shown to the network, and a baseline', wholeFrom(0), 0)
    .addOption(
      new Option('--on-invalid <policy>', 'what a bad row does').choices(['error', 'skip', 'hold']).default('error'),
    )
    .option('--chart', 'draw the last rows in the terminal in place of the JSON lines', false)
    .option('--json-summary <file>', 'write the summary there too')
    .action(run);
}

async function run(file: string, options: ForecastOptions): Promise<void> {
  const { horizon, units, layers, k1, k2, lr, season, seed, onInvalid } = options;
  using model = await createModel({
    input: FEATURES,
    layers: Array.from({ length: layers }, () => lstm(units)),
    output: dense(1),
    seed,
  });
  const stage = openForecaster(model, { horizon, k1, k2, rate: lr, season });
  const score = openScore(horizon, season);
  const newest: Forecast[] = [];
  const started = performance.now();
  const progress = openProgress();
  let column = options.column;
  const needed: NeededColumn[] = [];
  if (column !== undefined) needed.push({ column, option: '--column' });
  if (options.time !== undefined) needed.push({ column: options.time, option: '--time' });
  let index = 0;
  let skipped = 0;
  let firstBad: EddyError | undefined;
  let held: number | undefined;
  try {
    for await (const row of readTable(file, options.format ?? formatOf(file), needed)) {
      let value: number;
      let time: string | null = null;
      try {
        if (row instanceof EddyError) throw row;
        column ??= firstNumericColumn(row, options.time);
        if (options.time !== undefined) time = textOf(cellIn(row, { column: options.time, option: '--time' }));
        value = numberIn(row, column);
      } catch (error) {
        if (onInvalid === 'error' || !(error instanceof EddyError)) throw error;
        firstBad ??= error;
        if (onInvalid === 'skip' || held === undefined) {
          skipped++;
          continue;
        }
        value = held;
      }
      held = value;
      let out: Forecast | undefined;
      stage.step({ index: ++index, time, value }, (line) => {
        out = line;
      });
      if (!out) continue;
      score.add(value, out.expected);
      if (options.chart) {
        newest.push(out);
        if (newest.length > 96) newest.shift();
      } else if (!process.stdout.write(`${JSON.stringify(out)}\n`)) {
        await once(process.stdout, 'drain');
      }
      if ((index & 1023) === 0) progress.show(index, started);
    }
  } finally {
    stage.dispose();
    progress.clear();
  }
  if (index === 0 && firstBad) throw firstBad;
  const summary = score.summary((performance.now() - started) / 1000, skipped);
  if (options.chart) process.stdout.write(`${chart(newest)}\n`);
  process.stderr.write(`${describe(summary, horizon)}\n`);
  if (options.jsonSummary !== undefined) await writeFile(options.jsonSummary, `${JSON.stringify(summary, null, 2)}\n`);
}

const textOf = (cell: unknown): string | null => {
  if (cell === undefined || cell === null) return null;
  return typeof cell === 'object' ? JSON.stringify(cell) : String(cell);
};

/** One line that is written over, on a terminal only. */
function openProgress() {
  const { stderr } = process;
  let shown = false;
  return {
    show(rows: number, started: number) {
      if (!stderr.isTTY) return;
      const perSecond = Math.round(rows / ((performance.now() - started) / 1000));
      stderr.write(`\r${rows.toLocaleString('en')} rows, ${perSecond.toLocaleString('en')} a second`);
      shown = true;
    },
    clear() {
      if (shown) stderr.write('\r\u001b[K');
      shown = false;
    },
  };
}

function describe({ rows, rowsPerSecond, skipped, mae, rmse, skill }: Summary, horizon: number): string {
  const number = (value: number | null | undefined) =>
    value === null || value === undefined ? '–' : value.toPrecision(4);
  const percent = (value: number | null) => (value === null ? '–' : `${(100 * value).toFixed(1)} %`);
  const baselines = [
    `over the last value ${percent(skill.lastValue)}`,
    ...(skill.seasonalNaive === undefined ? [] : [`over the seasonal naive ${percent(skill.seasonalNaive)}`]),
  ];
  return [
    `${rows.toLocaleString('en')} rows, ${rowsPerSecond.toLocaleString('en')} rows/s${skipped > 0 ? `, ${skipped} skipped` : ''}`,
    `${horizon} ahead: MAE ${number(mae)}, RMSE ${number(rmse)}; skill ${baselines.join(', ')}`,
  ].join('\n');
}
