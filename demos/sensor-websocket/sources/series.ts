import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';

/** A recorded series: its times in milliseconds, and its values, null where one is missing. */
export interface Series {
  sensor: string;
  times: number[];
  values: (number | null)[];
}

type Cells = Record<string, string>;
const stamped = ({ timestamp }: Cells) => Date.parse(`${timestamp}Z`);
const hourly = ({ year, month, day, hour }: Cells) => Date.UTC(+year, +month - 1, +day, +hour);

/** What the replay shows: see data/README.md for where each is from. */
const SHIPPED = [
  { sensor: 'taxi demand, New York', file: 'nab/nyc_taxi.csv', column: 'value', time: stamped },
  { sensor: 'database CPU', file: 'nab/rds_cpu_utilization_cc0c53.csv.gz', column: 'value', time: stamped },
  { sensor: 'server CPU', file: 'nab/ec2_cpu_utilization_825cc2.csv.gz', column: 'value', time: stamped },
  { sensor: 'air quality, Beijing PM2.5', file: 'pm25/beijing-pm25-2010-2014.csv.gz', column: 'pm2.5', time: hourly },
];

/** Reads the shipped series out of the data folder. */
export const shippedSeries = (folder: string): Series[] =>
  SHIPPED.map(({ sensor, file, column, time }) => {
    const bytes = readFileSync(join(folder, file));
    const rows: Cells[] = parse(file.endsWith('.gz') ? gunzipSync(bytes) : bytes, { columns: true });
    const number = (text: string) => (text === 'NA' || text === '' ? null : Number(text));
    return { sensor, times: rows.map(time), values: rows.map((row) => number(row[column])) };
  });
