import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../house/sources.js';

export const eddy = join(root, 'dist/bin/eddy.js');
export const taxi = join(root, 'data/nab/nyc_taxi.csv');

/** Small networks: these tests are about what is read and said. */
export const small = ['--units', '4', '--k2', '2'];
/** Runs `eddy forecast`. */
export const forecast = (args: readonly string[], input = '') => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [eddy, 'forecast', ...args], {
    input,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  const lines = stdout.split('\n').slice(0, -1);
  return { status, stdout, stderr, lines: lines.map((line): Line => JSON.parse(line)) };
};
/** What it writes for a row. */
export interface Line {
  index: number;
  time: string | null;
  value: number;
  forecast: number;
  low: number | null;
  high: number | null;
  rmse: number | null;
  scored: { forecast: number; error: number } | null;
}
/** A table of a time and a value. */
export const csv = (...rows: string[]) => ['t,v', ...rows, ''].join('\n');

export const values = (lines: readonly Line[]) => lines.map(({ value }) => value);
