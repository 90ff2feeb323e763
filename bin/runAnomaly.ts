import { once } from 'node:events';
import { basename } from 'node:path';
import { type Anomaly, detectAnomaliesStage } from '../operators/forecasting/detectAnomalies.js';
import { keyedStage } from '../operators/shared/keyedStage.js';
import { EddyError } from '../src/core/errors.js';
import { createAnomalyLines, type LineOptions } from './anomalyLines.js';
import { type CheckpointOptions, createRows, type Part } from './checkpoint.js';
import { counted } from './counted.js';
import type { TableRow } from './formats/format.js';
import { formatFor } from './formats/registry.js';
import { openOutput } from './outputFile.js';
import { createPicture } from './picture.js';
import { createReadings, type Reading, type ReadingOptions } from './readings.js';
import { readTable } from './rows.js';

export interface AnomalyOptions extends CheckpointOptions, ReadingOptions, LineOptions {
  format?: string;
  gaps: 'ignore' | 'alarm';
  plot?: string;
}

const MAX_KEYS = 1000;

/** What `eddy anomaly` does. */
export async function run(file: string, options: AnomalyOptions): Promise<void> {
  const { nab, explain, gaps, onInvalid, key } = options;
  if (key !== undefined) refuseWithKey(options);
  const plot = await openOutput('--plot', options.plot);
  const picture = createPicture();
  const format = formatFor(file, options.format);
  const lines = createAnomalyLines(options, format);
  const readings = createReadings(options);
  const open = detectAnomaliesStage<Reading>({ value: ({ value }) => value, time: ({ time }) => time, gaps });
  const stage = keyedStage(
    (reading: Reading) => reading.key,
    open,
    () => 0,
    { maxKeys: MAX_KEYS },
  )();
  let alarms = 0;
  let written = 0;
  const counts: Part = {
    snapshot: () => ({ alarms, written }),
    restore(from) {
      alarms = Number(from.alarms);
      written = Number(from.written);
    },
  };
  const scoreOf = (reading: Reading): Anomaly | undefined => {
    let scored: Anomaly | undefined;
    stage.step({ sample: reading }, ({ value }) => {
      scored = value;
    });
    return scored;
  };
  const write = async (row: TableRow, scored: Anomaly) => {
    const line = lines.line(row, scored, readings.columns.column, readings.columns.dates);
    const text = written === 0 ? lines.head(row) + line : line;
    written++;
    if (!process.stdout.write(text)) await once(process.stdout, 'drain');
  };
  try {
    const setup = { nab, explain, gaps, onInvalid, key: key ?? null };
    const rows = await createRows(options, { setup, parts: { stage, readings, counts } });
    for await (const row of readTable(file, format, readings.columns.needed)) {
      if (rows.wasSeen()) continue;
      const reading = readings.read(row);
      const scored = reading && scoreOf(reading);
      // A row that could not be read has no cells to write back.
      if (scored && !(row instanceof EddyError)) {
        await write(row, scored);
        if (scored.alarm) alarms++;
        if (plot) picture.add(scored, reading.time);
      }
      await rows.done();
    }
    await rows.end();
  } finally {
    stage.dispose();
  }
  const passedOver = readings.end();
  await plot?.write(
    await picture.draw(`${file === '-' ? 'standard input' : basename(file)}: ${readings.columns.column}`),
  );
  process.stderr.write(`${counted(written, 'row')}, ${counted(alarms, 'alarm')}${passedOver}\n`);
}

function refuseWithKey({ nab, plot }: AnomalyOptions): void {
  const option = nab ? '--nab' : plot === undefined ? undefined : '--plot';
  if (option === undefined) return;
  throw new EddyError(
    'invalid-option',
    `${option} is of one series, --key of several; give one of the two, or a file of one series`,
  );
}
