import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** The rows of a CSV file, the header first; a gzipped one too. */
export function readTable(path) {
  const bytes = readFileSync(path);
  const text = (String(path).endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
  return text
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(','));
}

const inRepo = (path) => new URL(`../../data/${path}`, import.meta.url);
const stamp = (text) => text.trim().slice(0, 19).replace('T', ' ');

/**
 * The labelled files of the benchmark: those of a folder of its own layout (data/<folder>/<file>.csv, labels/combined_windows.json), or, without one,
 * the half that is copied here.
 */
export function readNab(folder) {
  const labelled = folder ? join(folder, 'labels/combined_windows.json') : inRepo('nab/combined_windows.json');
  return Object.entries(JSON.parse(readFileSync(labelled, 'utf8')))
    .map(([name, windows]) => ({ name, windows, path: folder ? join(folder, 'data', name) : shipped(basename(name)) }))
    .filter(({ path }) => path && existsSync(path))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, windows, path }) => {
      const rows = readTable(path).slice(1);
      const first = new Map();
      rows.forEach(([time], i) => {
        if (!first.has(stamp(time))) first.set(stamp(time), i);
      });
      return {
        name,
        folder: name.split('/')[0],
        rows: rows.length,
        times: rows.map(([time]) => Date.parse(`${stamp(time).replace(' ', 'T')}Z`)),
        values: rows.map(([, value]) => Number(value)),
        windows: windows
          .map(([from, to]) => [first.get(stamp(from)), first.get(stamp(to))])
          .sort((a, b) => a[0] - b[0]),
      };
    });
}

const shipped = (file) =>
  [`nab/${file}`, `nab/${file}.gz`, `nab/others/${file}.gz`].map(inRepo).find((path) => existsSync(path));

/** The real series of this repository, whole: [{ name, values (NaN: missing), times }]. */
export function readSeries() {
  const ett = readTable(inRepo('ett/ETTh2_first14400.csv.gz'));
  const pm = readTable(inRepo('pm25/beijing-pm25-2010-2014.csv.gz'));
  const taxi = readTable(inRepo('nab/nyc_taxi.csv'));
  const column = (table, name) => {
    const at = table[0].indexOf(name);
    return table.slice(1).map((row) => (row[at] === 'NA' ? Number.NaN : Number(row[at])));
  };
  const hours = (start, length) => Array.from({ length }, (_, t) => start + t * 3_600_000);
  return [
    {
      name: 'taxi',
      values: column(taxi, 'value'),
      times: taxi.slice(1).map(([time]) => Date.parse(`${time.replace(' ', 'T')}Z`)),
    },
    ...ett[0].slice(1).map((name) => ({
      name: `ETTh2 ${name}`,
      values: column(ett, name),
      times: hours(Date.UTC(2016, 6, 1), ett.length - 1),
    })),
    ...['pm2.5', 'DEWP', 'TEMP', 'PRES', 'Iws'].map((name) => ({
      name: name === 'pm2.5' ? 'PM2.5' : `PM2.5 ${name}`,
      values: column(pm, name),
      times: hours(Date.UTC(2010, 0, 1), pm.length - 1),
    })),
  ];
}
