import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { afterEach, expect, it, vi } from 'vitest';
import { CloseUps } from '../../bin/closeUps.js';
import { anomaly } from '../../bin/commands/anomaly.js';
import { Decimated } from '../../bin/decimated.js';
import { temporaryFiles } from '../temporaryFiles.js';

const TAXI = fileURLToPath(new URL('../../data/nab/nyc_taxi.csv', import.meta.url));
const VIEWS = fileURLToPath(new URL('../../data/nab/exchange-3_cpm_results.csv', import.meta.url));
const { folder, write } = temporaryFiles();

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
  anomaly(program);
  await program.parseAsync(['anomaly', ...args], { from: 'user' });
  return said;
}

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
  const path = write('gaps.csv', 'name,v\n"a, b",1\nc,\nd,NA\n"e ""f""",2\n');
  const { out } = await eddy(path, '--column', 'v');
  const lines = out.trim().split('\n');
  expect(lines[0]).toBe('name,v,anomaly_score');
  expect(lines[1].startsWith('"a, b",1,')).toBe(true);
  expect(lines.slice(2, 4)).toEqual(['c,,0', 'd,NA,0']);
  expect(lines[4].startsWith('"e ""f""",2,')).toBe(true);
  expect((await eddy(path, '--column', 'v', '--gaps', 'alarm')).out).toContain('c,,1\n');
});

it('reads and writes NDJSON', async () => {
  const path = write('rows.ndjson', '{"at":"2024-01-01","v":1}\n{"at":"2024-01-02","v":null}\n');
  const rows = (await eddy(path)).out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(rows).toMatchObject([
    { at: '2024-01-01', v: 1 },
    { at: '2024-01-02', v: null, anomaly_score: 0 },
  ]);
});

it('names the row and the column that cannot be read, and only policies that it has', async () => {
  const path = write('text.csv', 'v\n1\nx\n');
  await expect(eddy(path, '--column', 'v')).rejects.toThrow(
    /row 2 must have a finite number .*, got "x"; mend the row, or pass --on-invalid skip$/,
  );
  await expect(eddy(path, '--column', 'w')).rejects.toThrow('the header has no column "w"');
  await expect(eddy(path, '--time', 't')).rejects.toThrow('the header has no column "t"');
  const { out, err } = await eddy(path, '--column', 'v', '--on-invalid', 'skip');
  expect(out).toContain('x,0\n');
  expect(err).toBe('2 rows, 0 alarms, 1 bad value taken as gaps\n');
});

it('refuses a file whose fields stand apart by semicolons or tabs, and one that is no text', async () => {
  await expect(eddy(write('semi.csv', 't;v\n1;2\n'))).rejects.toThrow('must be separated by commas, got ";"');
  await expect(eddy(write('tabs.csv', 't\tv\n1\t2\n'))).rejects.toThrow('must be separated by commas, got "\\t"');
  const bytes = write('bytes.csv', `v\n1\n\u0001${'\u0002'.repeat(5000)}"x`);
  await expect(eddy(bytes)).rejects.toThrow(/^.{1,300}$/);
  await expect(eddy(bytes)).rejects.toThrow(/bytes\.csv: not readable as CSV: .*; mend the file$/);
});

it('refuses a row that has a column of the name that it adds', async () => {
  const path = write('scored.csv', 'v,anomaly_score\n1,0\n');
  await expect(eddy(path, '--column', 'v')).rejects.toThrow("row 1 must have no column 'anomaly_score'");
  expect((await eddy(path, '--column', 'v', '--nab')).out).toMatch(/^timestamp,value,anomaly_score\n1,1,0\.\d+\n$/);
});

it('takes a row of NDJSON without the column as a gap under skip, but not a column that no row has', async () => {
  const path = write('sparse.ndjson', '{"v":1}\n{"w":2}\nx\n{"v":3}\n');
  await expect(eddy(path, '--column', 'v')).rejects.toThrow(/row 2 has no column "v".*, or pass --on-invalid skip$/);
  const { out, err } = await eddy(path, '--column', 'v', '--on-invalid', 'skip');
  const rows = out
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
  expect(rows).toMatchObject([{ v: 1 }, { w: 2, anomaly_score: 0 }, { v: 3 }]);
  expect(err).toBe('3 rows, 0 alarms, 1 bad value taken as gaps, 1 bad row left out\n');
  await expect(eddy(path, '--column', 'u', '--on-invalid', 'skip')).rejects.toThrow('row 1 has no column "u"');
});

it('takes an epoch in a column of any name as the time where it is named, and says so where it cannot read one', async () => {
  // A day without a sample: only who knows the times can tell.
  const hours = (t: number) => (t < 100 ? t : t + 24);
  const rows = Array.from({ length: 200 }, (_, t) => `${1_700_000_000 + 3600 * hours(t)},${Math.sin(t / 4)}`);
  const path = write('epochs.csv', `k,v\n${rows.join('\n')}\n`);
  const reported = await eddy(path, '--time', 'k', '--column', 'v', '--gaps', 'alarm', '--explain');
  expect(reported.out).toMatch(new RegExp(`^${rows[100].split(',')[0]},.*,true,gap$`, 'm'));
  expect(reported.err).toMatch(/^200 rows, /);
  const dates = write('dates.csv', 'k,v\n01/02/2024,1\n02/02/2024,2\n');
  expect((await eddy(dates, '--time', 'k')).err).toMatch(
    /^eddy: row 1 must have a date in column 'k', got "01\/02\/2024"; .*\n2 rows, 0 alarms\n$/,
  );
});

it('scores each of several series by itself', async () => {
  const wave = (t: number) => Math.sin(t / 4) + (t === 250 ? 9 : 0);
  const all = Array.from({ length: 300 }, (_, t) => [`a,${wave(t)}`, `7,${1e4 + 100 * wave(300 - t)}`]);
  const { out } = await eddy(write('keys.csv', `id,v\n${all.flat().join('\n')}\n`), '--key', 'id');
  const lines = out.trim().split('\n').slice(1);
  for (const [k, id] of ['a', '7'].entries()) {
    const alone = all.map((pair) => pair[k]);
    const path = write(`only-${id}.csv`, `id,v\n${alone.join('\n')}\n`);
    const own = (await eddy(path, '--column', 'v')).out.trim().split('\n').slice(1);
    expect(lines.filter((line) => line.startsWith(`${id},`))).toEqual(own);
  }
  await expect(eddy(VIEWS, '--key', 'timestamp', '--nab')).rejects.toThrow('--nab is of one series');
  await expect(eddy(VIEWS, '--key', 'timestamp', '--plot', 'x.svg')).rejects.toThrow('--plot is of one series');
  await expect(eddy(VIEWS, '--key', 'id')).rejects.toThrow('no column "id"');
});

it('draws the series, its forecast, the band and the alarms', async () => {
  const path = join(folder, 'views.svg');
  await eddy(VIEWS, '--plot', path);
  const svg = readFileSync(path, 'utf8');
  expect(svg.startsWith('<svg')).toBe(true);
  for (const word of ['band', 'forecast', 'value', 'alarm', 'exchange-3_cpm_results.csv']) expect(svg).toContain(word);
  expect(svg.length).toBeLessThan(1e6);
});

it('refuses a picture that cannot be written before it reads a row', async () => {
  const said = eddy(VIEWS, '--plot', join(folder, 'no', 'such.svg'));
  await expect(said).rejects.toThrow(/^--plot must name a file that can be written, got ENOENT.*; check the path$/);
  expect(vi.mocked(process.stdout.write).mock.calls).toEqual([]);
});

it('shows a series without an alarm, without a time, of one row', async () => {
  const path = join(folder, 'one.svg');
  await eddy(write('one.csv', 'v\n1\n'), '--plot', path);
  expect(readFileSync(path, 'utf8')).toContain('no alarm; the last rows');
});

it('looks closely at the highest alarms, wherever they came, and keeps no more of the series', () => {
  const closeUps = new CloseUps(2);
  const alarms = new Map([
    [500, 0.9],
    [510, 0.95],
    [2000, 0.6],
    [4000, 0.7],
  ]);
  for (let row = 1; row <= 5000; row++) {
    const score = alarms.get(row) ?? 0;
    const alarm = score > 0 ? row : null;
    closeUps.add({ row, time: Number.NaN, least: 0, most: 0, forecast: 0, low: 0, high: 0, alarm, score }, 'error');
  }
  const shown = closeUps.read();
  expect(shown.map(({ alarm }) => alarm)).toEqual([
    { row: 510, score: 0.95, cause: 'error' },
    { row: 4000, score: 0.7, cause: 'error' },
  ]);
  for (const { rows, alarm } of shown) {
    expect(rows.length).toBeLessThanOrEqual(100);
    expect(rows.map(({ row }) => row)).toEqual(Array.from(rows, (_, i) => rows[0].row + i));
    expect(rows.some(({ row }) => row === alarm?.row)).toBe(true);
  }
});

it('thins a long series without losing an alarm or an extreme', () => {
  const picture = new Decimated(10);
  for (let row = 0; row < 1000; row++) {
    const value = row === 777 ? 99 : 0;
    picture.add({
      row,
      time: Number.NaN,
      least: value,
      most: value,
      forecast: 0,
      low: -1,
      high: 1,
      alarm: row === 777 ? value : null,
      score: row === 777 ? 1 : 0,
    });
  }
  expect(picture.stretches.length).toBeLessThanOrEqual(10);
  expect(picture.stretches.filter(({ alarm }) => alarm === 99)).toHaveLength(1);
  expect(Math.max(...picture.stretches.map(({ most }) => most ?? 0))).toBe(99);
});
