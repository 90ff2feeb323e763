import { type Command, InvalidArgumentError, Option } from 'commander';
import { FORECAST_DEFAULTS } from '../src/forecast/defaults.js';
import { adam } from '../src/nn/optimizers/adam/index.js';
import type { ForecastOptions } from './runForecast.js';
import { shareOption } from './shareOption.js';
import { wholeFrom } from './wholeFrom.js';

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
    .summary('forecast a series, row by row, with experts that learn as they read')
    .description(
      'Experts are the last value, least squares on lags and seasons, the seasonal naive and two LSTMs, stacked and judged by their past. ' +
        'Reads CSV (with a header) or NDJSON, a row at a time, from a file or standard input, and writes one JSON line a row: ' +
        'index, time, value, forecast (made at this row, for HORIZON rows ahead), low and high (its conformal interval), ' +
        'expected (what was forecast for this row), error (value − expected). ' +
        'A summary goes to standard error: MAE, RMSE, skill = 1 − MAE / MAE of the baseline, and what the intervals covered.',
    )
    .argument('[file]', 'a .csv, .ndjson or .jsonl file; - for standard input', '-')
    .option('--column <name>', 'the column to forecast (default: the first that holds a number)')
    .option(
      '--time <name>',
      'a column to pass on as time; seasons are told by its dates, else by the first column that holds some',
    )
    .addOption(
      new Option('--format <format>', 'how to read the input (default: by the file’s ending, else csv)').choices([
        'csv',
        'ndjson',
      ]),
    )
    .option('--horizon <rows>', 'how many rows ahead', wholeFrom(1), 1)
    .option('--units <n>', 'LSTM units in a layer', wholeFrom(1), FORECAST_DEFAULTS.units)
    .option('--layers <n>', 'LSTM layers', wholeFrom(1), FORECAST_DEFAULTS.layers)
    .option('--k1 <rows>', 'rows between updates', wholeFrom(1), FORECAST_DEFAULTS.k1)
    .option('--k2 <rows>', 'rows that an update goes back', wholeFrom(1), FORECAST_DEFAULTS.k2)
    .option('--lr <rate>', 'Adam’s learning rate at the start', rate, FORECAST_DEFAULTS.rate)
    .option('--seed <n>', 'of the first weights', wholeFrom(0), FORECAST_DEFAULTS.seed)
    .option('--season <rows>', 'rows in a season, where no dates tell, and a baseline; 0: found', wholeFrom(0), 0)
    .option('--alpha <share>', 'the share of values that the intervals may miss', shareOption, 0.1)
    .addOption(
      new Option('--on-invalid <policy>', 'what a bad row does').choices(['error', 'skip', 'hold']).default('error'),
    )
    .option('--chart', 'draw the last rows in the terminal in place of the JSON lines', false)
    .option('--json-summary <file>', 'write the summary there too')
    .option('--checkpoint <file>', 'keep the state there; run again with it, the command goes on at the row after')
    .option('--every <rows>', 'rows between checkpoints', wholeFrom(1), 1000)
    .addHelpText(
      'after',
      `
Examples:
  eddy forecast data.csv --column value --horizon 5 --season 48
  tail -f readings.ndjson | eddy forecast - --format ndjson --column celsius

Exit codes: 0, done (also when the reader of the output leaves); 1, the data; 2, the usage.`,
    )
    // Loaded when it is called, as in the other commands: each starts with what it needs itself.
    .action(async (file: string, options: ForecastOptions) => (await import('./runForecast.js')).run(file, options));
}
