import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { afterEach, expect, it, vi } from 'vitest';
import { addAnomaly } from '../bin/anomaly.js';
import { Thinned } from '../bin/thinned.js';

const TAXI = fileURLToPath(new URL('../data/nab/nyc_taxi.csv', import.meta.url));
const VIEWS = fileURLToPath(new URL('../data/nab/exchange-3_cpm_results.csv', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'eddy-anomaly-'));

afterEach(() => {
  vi.restoreAllMocks();
});

/** What the command writes to standard output, and what to standard error. */
async function eddy(...args: string[]) {
  const said = { out: '', err: '' };
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said.out += String(text);
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said.err += String(text);
    return true;
  });
  const program = new Command().exitOverride();
  addAnomaly(program);
  await program.parseAsync(['anomaly', ...args], { from: 'user' });
  return said;
}
const file = (name: string, text: string) => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

it('writes the rows back as they were, with a score between 0 and 1', async () => {
  const { out, err } = await eddy(VIEWS, '--column', 'value');
  const given = readFileSync(VIEWS, 'utf8').trim().split(/\r?\n/);
  const lines = out.trim().split('\n');
  expect(lines[0]).toBe(`${given[0]},anomaly_score`);
  expect(lines.map((line) => line.slice(0, line.lastIndexOf(',')))).toEqual(given);
  const scores = lines.slice(1).map((line) => Number(line.slice(line.lastIndexOf(',') + 1)));
  expect(scores.every((score) => score >= 0 && score <= 1)).toBe(true);
  expect(err).toBe(`1,538 rows, ${scores.filter((score) => score >= 0.5).length} alarms\n`);
});

it('writes timestamp,value,anomaly_score with --nab', async () => {
  const { out } = await eddy(VIEWS, '--nab');
  const given = readFileSync(VIEWS, 'utf8').trim().split(/\r?\n/).slice(1);
  const [head, ...lines] = out.trim().split('\n');
  expect(head).toBe('timestamp,value,anomaly_score');
  expect(lines.map((line) => line.split(',').slice(0, 2).join(','))).toEqual(given);
});

it('finds New York at a standstill, marathon and Thanksgiving, and explains itself', async () => {
  const { out } = await eddy(TAXI, '--explain');
  const alarms = out
    .split('\n')
    .map((line) => line.split(','))
    .filter(([, , , , , , alarm]) => alarm === 'true');
  const days = alarms.map(([time]) => time.slice(0, 10));
  for (const day of ['2014-11-02', '2014-11-27', '2015-01-26']) expect(days).toContain(day);
  expect(days.filter((day) => day >= '2014-08-01').length).toBeLessThanOrEqual(15);
  for (const row of alarms) expect(['error', 'spread', 'shape', 'season']).toContain(row[7]);
});

it('takes gaps, quotes and other columns through', async () => {
  const path = file('gaps.csv', 'name,v\n"a, b",1\nc,\nd,NA\n"e ""f""",2\n');
  const { out } = await eddy(path, '--column', 'v');
  const lines = out.trim().split('\n');
  expect(lines[0]).toBe('name,v,anomaly_score');
  expect(lines[1].startsWith('"a, b",1,')).toBe(true);
  expect(lines.slice(2, 4)).toEqual(['c,,0', 'd,NA,0']);
  expect(lines[4].startsWith('"e ""f""",2,')).toBe(true);
  expect((await eddy(path, '--column', 'v', '--gaps', 'alarm')).out).toContain('c,,1\n');
});

it('reads and writes NDJSON', async () => {
  const path = file('rows.ndjson', '{"at":"2024-01-01","v":1}\n{"at":"2024-01-02","v":null}\n');
  const rows = (await eddy(path)).out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(rows).toMatchObject([
    { at: '2024-01-01', v: 1 },
    { at: '2024-01-02', v: null, anomaly_score: 0 },
  ]);
});

it('names the row and the column that cannot be read', async () => {
  const path = file('text.csv', 'v\n1\nx\n');
  await expect(eddy(path, '--column', 'v')).rejects.toThrow('row 2 must have a finite number');
  await expect(eddy(path, '--column', 'w')).rejects.toThrow('the header has no column "w"');
  await expect(eddy(path, '--time', 't')).rejects.toThrow('the header has no column "t"');
  expect((await eddy(path, '--column', 'v', '--on-invalid', 'skip')).out).toContain('x,0\n');
});

it('draws the series, its forecast, the band and the alarms', { timeout: 20_000 }, async () => {
  const path = join(folder, 'views.svg');
  await eddy(VIEWS, '--plot', path);
  const svg = readFileSync(path, 'utf8');
  expect(svg.startsWith('<svg')).toBe(true);
  for (const word of ['band', 'forecast', 'value', 'alarm', 'exchange-3_cpm_results.csv']) expect(svg).toContain(word);
  expect(svg.length).toBeLessThan(1e6);
});

it('thins a long series without losing an alarm or its largest error', () => {
  const picture = new Thinned(10);
  for (let row = 0; row < 1000; row++) {
    const value = row === 777 ? 99 : 0;
    picture.add({
      row,
      value,
      forecast: 0,
      low: -1,
      high: 1,
      alarm: row === 777 ? value : null,
      score: row === 777 ? 1 : 0,
    });
  }
  expect(picture.stretches.length).toBeLessThanOrEqual(10);
  expect(picture.stretches.filter(({ alarm }) => alarm === 99)).toHaveLength(1);
  expect(Math.max(...picture.stretches.map(({ value }) => value ?? 0))).toBe(99);
});
