import { type Command, Option } from 'commander';
import { FORECAST_OPTIONS } from '../../src/forecast/options.js';
import { addFlags } from '../flags.js';
import { formatOption } from '../formats/registry.js';
import type { ForecastOptions } from '../runForecast.js';
import { shareOption } from '../shareOption.js';
import { wholeFrom } from '../wholeFrom.js';

/** The engine's options that are flags too. */
const FLAGS = ['horizon', 'season', 'networks', 'units', 'layers', 'k1', 'k2', 'rate', 'seed'] as const;

/** Adds `eddy forecast` to the program. */
export function forecast(program: Command): void {
  const command = program
    .command('forecast')
    .summary('forecast a series, row by row, with base forecasters that learn as they read')
    .description(
      'Base forecasters are the last value, least squares on lags and seasons, the seasonal naive and two LSTMs, stacked and weighted by their past errors. ' +
        'Reads CSV (with a header) or NDJSON, a row at a time, from a file or standard input, and writes one JSON line a row: ' +
        'index, time, value, forecast (made at this row, for HORIZON rows ahead), rmse (of such forecasts so far), low and high (its conformal ' +
        'interval), scored (the earlier forecast of this row, and its error, value − forecast); what is unknown is null. ' +
        'A summary goes to standard error: MAE, RMSE, skill = 1 − MAE / MAE of the baseline, and what the intervals covered.',
    )
    .argument('[file]', 'a .csv, .ndjson or .jsonl file; - for standard input', '-')
    .option('--column <name>', 'the column to forecast (default: the first that holds a number)')
    .option(
      '--time <name>',
      'a column to pass on as time; its dates give the seasons, else by the first column that holds some',
    )
    .addOption(formatOption());
  addFlags(command, FORECAST_OPTIONS, FLAGS)
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
    .action(async (file: string, options: ForecastOptions) => (await import('../runForecast.js')).run(file, options));
}
