import type { Command } from 'commander';
import { FORECAST_OPTIONS } from '../../src/forecast/options.js';
import { addFlags, readFlag } from '../flags.js';
import type { EvaluateOptions } from '../runEvaluate.js';
import { shareOption } from '../shareOption.js';
import { wholeFrom } from '../wholeFrom.js';

/** Adds `eddy evaluate` to the program. */
export function evaluate(program: Command): void {
  const command = program
    .command('evaluate')
    .summary('score eddy’s forecasts of a file beside every baseline, leak-free')
    .description(
      'Runs over a CSV or NDJSON file row by row: each row is forecast before it is seen, and learned from after. ' +
        'MSE and MAE are means over the columns and steps 1 … HORIZON, in deviations of the training rows. ' +
        'skill = 1 − MSE / MSE of the best baseline. covered and interval are of conformal intervals around eddy’s forecasts HORIZON rows ' +
        'ahead: the share of values that they cover, and the interval (Winkler) score in deviations, less is better. ' +
        'Dates in the file give the seasons, else they are found.',
    )
    .argument('<file>', 'a .csv, .ndjson or .jsonl file with a header')
    .option('--columns <names>', 'columns to forecast together: A,B or all', 'all')
    .option(
      '--horizon <rows>',
      'how many rows ahead, one or several: 1,24,48',
      (text) => text.split(',').map((part) => readFlag(FORECAST_OPTIONS.horizon, part)),
      [1],
    )
    .option('--train <rows>', 'rows whose deviations are the unit (default: a fifth)', wholeFrom(1))
    .option(
      '--from <row>',
      'the first row, from 0, that counts (default: after --train, else a quarter)',
      wholeFrom(1),
    );
  addFlags(command, FORECAST_OPTIONS, ['season'])
    .option('--alpha <share>', 'the share of values that the intervals may miss', shareOption, 0.1)
    .option(
      '--json',
      'print { rows: [{ model, horizon, mse, mae, skill, microseconds, coverage, intervalScore }] }',
      false,
    )
    .option('--plot <file.svg>', 'draw the scores and the end of the first column')
    .action(async (file: string, options: EvaluateOptions) => (await import('../runEvaluate.js')).run(file, options));
}
