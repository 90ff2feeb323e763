import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';

/** A column of a file in data/, as float32; rows without a number are left out. */
export function readSeries(file: string, column: string): Float32Array {
  const bytes = readFileSync(`data/${file}`);
  const rows: Record<string, string>[] = parse(file.endsWith('.gz') ? gunzipSync(bytes) : bytes, { columns: true });
  return Float32Array.from(rows.map((row) => Number(row[column])).filter(Number.isFinite));
}

/** Two years of an electricity transformer, by the hour: oil temperature and six loads. */
export const TRANSFORMER = 'ett/ETTh2_first14400.csv.gz';
export const CHANNELS = ['OT', 'HUFL', 'HULL', 'MUFL', 'MULL', 'LUFL', 'LULL'];
