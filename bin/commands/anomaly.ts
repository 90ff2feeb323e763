import { type Command, Option } from 'commander';
import { formatOption } from '../formats/registry.js';
import type { AnomalyOptions } from '../runAnomaly.js';
import { wholeFrom } from '../wholeFrom.js';

/** Adds `eddy anomaly` to the program. */
export function anomaly(program: Command): void {
  program
    .command('anomaly')
    .summary('score each row by how unusual it is')
    .description(
      'Reads CSV (with a header) or NDJSON row by row and writes the rows back as it reads, with anomaly_score: ' +
        'from 0 to 1, an alarm from 0.5 on. Season, scale and threshold need no tuning; memory is constant. ' +
        'Each row is scored before it is learned from. An empty cell (or NA, NaN, null) is a gap.',
    )
    .argument('[file]', 'a .csv, .ndjson or .jsonl file; - for standard input', '-')
    .option('--column <name>', 'the column to watch (default: the first that holds a number)')
    .option('--time <name>', 'the column of dates (default: the first that holds dates)')
    .option(
      '--key <name>',
      'a column that tells several series apart: each is scored by itself, the last 1,000 are kept',
    )
    .addOption(formatOption())
    .option('--nab', 'write timestamp,value,anomaly_score: the results format of the Numenta Anomaly Benchmark', false)
    .option('--explain', 'add the forecast, its 95 % interval, the alarm and its cause', false)
    .addOption(new Option('--gaps <policy>', 'what missing rows are').choices(['ignore', 'alarm']).default('ignore'))
    .addOption(
      new Option('--on-invalid <policy>', 'what a bad row does; skip: a bad value is a gap, a bad row is left out')
        .choices(['error', 'skip'])
        .default('error'),
    )
    .option('--plot <file.svg>', 'draw the rows of this run: forecast, band, score and alarms, the highest from near')
    .option('--checkpoint <file>', 'keep the state there; run again with it, the command goes on at the row after')
    .option('--every <rows>', 'rows between checkpoints', wholeFrom(1), 1000)
    .addHelpText(
      'after',
      `
Examples:
  eddy anomaly data.csv --column value --explain --plot data.svg > scored.csv
  tail -f readings.ndjson | eddy anomaly - --format ndjson --column celsius --key sensor

Exit codes: 0, done (also when the reader of the output leaves); 1, the data; 2, the usage.`,
    )
    .action(async (file: string, options: AnomalyOptions) => (await import('../runAnomaly.js')).run(file, options));
}
