import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { type Anomaly, detectAnomaliesStage } from '../operators/detectAnomalies.js';
import { EddyError } from '../src/errors.js';
import { type CheckpointOptions, goOnWith, openRows, type Part } from './checkpoint.js';
import { drawAnomalies } from './plotAnomalies.js';
import {
  cellIn,
  firstNumericColumn,
  formatOf,
  type NeededColumn,
  numberIn,
  readTable,
  type TableFormat,
  type TableRow,
} from './rows.js';
import { dateColumn, timeOf } from './series.js';
import { Thinned } from './thinned.js';

export interface AnomalyOptions extends CheckpointOptions {
  column?: string;
  time?: string;
  format?: TableFormat;
  nab: boolean;
  explain: boolean;
  gaps: 'ignore' | 'alarm';
  onInvalid: 'error' | 'skip';
  plot?: string;
}

/** A row as the detector takes it. */
interface Reading {
  value: number | null;
  time: number;
}

const PICTURE = 2000; // stretches that a plot shows
const GAP = /^\s*(na|n\/a|nan|null|none|\?|-)?\s*$/i;

/** What `eddy anomaly` does. */
export async function run(file: string, options: AnomalyOptions): Promise<void> {
  const format = options.format ?? formatOf(file);
  const stage = detectAnomaliesStage<Reading>({
    value: ({ value }) => value,
    time: ({ time }) => time,
    gaps: options.gaps,
  })();
  const picture = new Thinned(PICTURE);
  let { column, time } = options;
  const needed: NeededColumn[] = [];
  if (column !== undefined) needed.push({ column, option: '--column' });
  if (time !== undefined) needed.push({ column: time, option: '--time' });
  let alarms = 0;
  let written = 0;
  const table: Part = {
    snapshot: () => ({ column: column ?? null, time: time ?? null, alarms, written }),
    restore(from) {
      column = goOnWith('--column', options.column, from.column);
      time = goOnWith('--time', options.time, from.time);
      alarms = Number(from.alarms);
      written = Number(from.written);
    },
  };
  const score = async (row: TableRow) => {
    column ??= firstNumericColumn(without(row), time);
    time ??= dateColumn(row.cells, column);
    for (const one of needed) cellIn(row, one);
    const reading = { value: readingOf(row, column, options.onInvalid), time: timeOf(row.cells.get(time), time) };
    let judged: Anomaly | undefined;
    stage.step(reading, (anomaly) => {
      judged = anomaly;
    });
    if (!judged) return;
    const head = written++ === 0 ? headOf(row, options, format) : '';
    const text = head + lineOf(row, judged, column, time, options, format);
    if (!process.stdout.write(`${text}\n`)) await once(process.stdout, 'drain');
    if (judged.alarm) alarms++;
    if (options.plot !== undefined) picture.add(stretchOf(judged));
  };
  try {
    const setup = { nab: options.nab, explain: options.explain, gaps: options.gaps, onInvalid: options.onInvalid };
    const rows = await openRows(options, { setup, parts: { stage, table } });
    for await (const row of readTable(file, format, needed)) {
      if (rows.wasSeen()) continue;
      // A row that could not be read has no cells to write back.
      if (!(row instanceof EddyError)) await score(row);
      else if (options.onInvalid === 'error') throw row;
      await rows.done();
    }
    await rows.end();
  } finally {
    stage.dispose();
  }
  if (options.plot !== undefined) {
    await writeFile(options.plot, await drawAnomalies(picture.stretches, `${basename(file)}: ${column}`));
  }
  process.stderr.write(`${written.toLocaleString('en')} rows, ${alarms} alarms\n`);
}

function readingOf(row: TableRow, column: string, onInvalid: AnomalyOptions['onInvalid']): number | null {
  const cell = row.cells.get(column);
  if (row.cells.has(column) && (cell === null || (typeof cell === 'string' && GAP.test(cell)))) return null;
  try {
    return numberIn(row, column);
  } catch (error) {
    if (onInvalid === 'skip' && row.cells.has(column)) return null;
    throw error;
  }
}

/** The row without its times: a number of seconds since 1970 is not what is watched. */
const without = ({ number, cells }: TableRow): TableRow => ({
  number,
  cells: new Map([...cells].filter(([name, cell]) => Number.isNaN(timeOf(cell, name)))),
});

const EXPLAINED = ['forecast', 'low', 'high', 'alarm', 'cause'] as const;

function headOf({ cells }: TableRow, { nab, explain }: AnomalyOptions, format: TableFormat): string {
  if (nab) return 'timestamp,value,anomaly_score\n';
  if (format === 'ndjson') return '';
  return `${[...cells.keys(), 'anomaly_score', ...(explain ? EXPLAINED : [])].map(quoted).join(',')}\n`;
}

function lineOf(
  row: TableRow,
  judged: Anomaly,
  column: string,
  time: string,
  options: AnomalyOptions,
  format: TableFormat,
): string {
  const { score } = judged;
  if (options.nab) return [row.cells.get(time) ?? judged.index, row.cells.get(column), score].map(quoted).join(',');
  const explained = options.explain ? EXPLAINED.map((name): [string, unknown] => [name, judged[name]]) : [];
  const cells: [string, unknown][] = [...row.cells, ['anomaly_score', score], ...explained];
  if (format === 'ndjson') return JSON.stringify(Object.fromEntries(cells));
  return cells.map(([, cell]) => quoted(cell)).join(',');
}

/** A CSV field (RFC 4180). */
function quoted(cell: unknown): string {
  const text = cell === null || cell === undefined ? '' : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const stretchOf = ({ index, value, forecast, low, high, alarm, score }: Anomaly) => ({
  row: index,
  value,
  forecast,
  low,
  high,
  alarm: alarm ? value : null,
  score,
});
