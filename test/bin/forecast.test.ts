import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { root } from '../house/sources.js';
import { temporaryFiles } from '../temporaryFiles.js';
import { csv, eddy, forecast, small, taxi, values } from './eddyForecast.js';

// Every test starts processes of its own.
vi.setConfig({ testTimeout: 60_000 });

const { at, write } = temporaryFiles();

describe('eddy forecast', () => {
  it('writes one JSON line a row: what was forecast, for when, and how it turned out', () => {
    const horizon = 3;
    const rows = Array.from({ length: 40 }, (_, t) => `day ${t},${(t * 7) % 10}`);
    const args = ['-', '--column', 'v', '--time', 't', '--horizon', String(horizon), ...small];
    const { status, lines, stderr } = forecast(args, csv(...rows));
    expect(status).toBe(0);
    expect(lines.length).toBe(40);
    lines.forEach((line, t) => {
      expect(Object.keys(line)).toEqual([...['index', 'time', 'value', 'forecast', 'rmse', 'low', 'high', 'scored']]);
      const value = (t * 7) % 10;
      const earlier = lines[t - horizon]?.forecast;
      const scored = earlier === undefined ? null : { forecast: earlier, error: value - earlier };
      expect(line).toMatchObject({
        index: t + 1,
        time: `day ${t}`,
        value,
        forecast: expect.any(Number),
        rmse: t < horizon ? null : expect.any(Number),
        scored,
      });
      // No forecast is three rows old before the fourth row: until then none has been tried.
      if (t < horizon) expect([line.low, line.high]).toEqual([null, null]);
      else expect(line.low).toBeLessThan(line.forecast);
    });
    expect(stderr).toMatch(
      /^40 rows, [\d,]+ rows\/s\n3 ahead: MAE \S+, RMSE \S+; skill over the last value \S+ %\n90 % intervals: \S+ % covered, interval score \S+\n$/,
    );
  });

  it('says of each forecast where its value will lie, and how often that was so', () => {
    const summary = at('interval.json');
    const args = [taxi, '--column', 'value', '--horizon', '3', '--alpha', '0.2', '--json-summary', summary];
    const { lines, stderr } = forecast([...args, ...small]);
    const tried = lines.slice(3).flatMap(({ value }, t) => {
      const { low, high } = lines[t];
      return low === null || high === null ? [] : [{ low, high, value }];
    });
    const covered = tried.filter(({ low, high, value }) => value >= low && value <= high).length / tried.length;
    const costs = tried.map(({ low, high, value }) => high - low + (2 / 0.2) * Math.max(0, low - value, value - high));
    const { interval } = JSON.parse(readFileSync(summary, 'utf8'));
    expect(interval).toEqual({
      alpha: 0.2,
      coverage: expect.closeTo(covered, 10),
      score: expect.closeTo(costs.reduce((sum, cost) => sum + cost, 0) / costs.length, 6),
    });
    expect(Math.abs(covered - 0.8)).toBeLessThan(0.01);
    expect(stderr).toContain('80 % intervals: ');
  });

  it('says the same to a file, to standard input, to CSV and to NDJSON, and every time', () => {
    const rows = Array.from({ length: 30 }, (_, t) => [t, (t * t) % 13]);
    const table = csv(...rows.map((row) => row.join(',')));
    const lines = rows.map(([t, v]) => `${JSON.stringify({ t, v })}\n`).join('');
    const args = ['--column', 'v', ...small];
    const outputs = [
      forecast([write('a.csv', table), ...args]),
      forecast(['-', ...args], table),
      forecast(args, table),
      forecast([write('a.ndjson', lines), ...args]),
      forecast([write('a.jsonl', lines), ...args]),
      forecast(['-', '--format', 'ndjson', ...args], lines),
    ].map(({ stdout }) => stdout);
    expect(new Set(outputs).size).toBe(1);
    expect(outputs[0].split('\n').length).toBe(31);
  });

  it('reads CRLF, a byte order mark, quoted fields, empty lines, and a last line without an end', () => {
    const table = '\ufeff"a ""name"", long",v\r\n"x, y",1\r\n\r\n"line\r\nbreak", 2 \r\nz,3e0';
    const { status, lines } = forecast(['-', '--column', 'v', '--time', 'a "name", long', ...small], table);
    expect(status).toBe(0);
    expect(values(lines)).toEqual([1, 2, 3]);
    expect(lines.map(({ time }) => time)).toEqual(['x, y', 'line\r\nbreak', 'z']);
    const json = forecast(['-', '--format', 'ndjson', ...small], '\ufeff{"v":1}\r\n\n{"v":"2"}\r\n{"v":3}');
    expect(values(json.lines)).toEqual([1, 2, 3]);
  });

  it('takes the first column with a number, and not the time', () => {
    const table = 'name,when,v\na,100,1\nb,200,2\n';
    expect(values(forecast(['-', '--time', 'when', ...small], table).lines)).toEqual([1, 2]);
    expect(values(forecast(['-', ...small], table).lines)).toEqual([100, 200]);
  });

  it('keeps characters whole where a chunk of the input ends', () => {
    const line = `${JSON.stringify({ t: 'ü'.repeat(50), v: 1 })}\n`;
    const { lines } = forecast(
      ['-', '--format', 'ndjson', '--time', 't', '--column', 'v', ...small],
      line.repeat(3000),
    );
    expect(lines.length).toBe(3000);
    expect(lines.every(({ time }) => time === 'ü'.repeat(50))).toBe(true);
  });

  it('writes its summary to a file too', () => {
    const summary = at('summary.json');
    const rows = Array.from({ length: 50 }, (_, t) => `${t},${t % 4}`);
    const args = ['-', '--column', 'v', '--season', '4', '--horizon', '2', '--json-summary', summary, ...small];
    const { status, lines } = forecast(args, csv(...rows));
    expect(status).toBe(0);
    const said = JSON.parse(readFileSync(summary, 'utf8'));
    const errors = lines.flatMap(({ scored }) => (scored ? [scored.error] : []));
    const mae = errors.reduce((sum, error) => sum + Math.abs(error), 0) / errors.length;
    const rmse = Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / errors.length);
    const last = lines.slice(2).reduce((sum, { value }, t) => sum + Math.abs(value - lines[t].value), 0) / 48;
    expect(said).toEqual({
      rows: 50,
      rowsPerSecond: expect.any(Number),
      scored: 48,
      skipped: 0,
      mae: expect.closeTo(mae, 10),
      rmse: expect.closeTo(rmse, 10),
      // The seasonal naive makes no error here: no skill can be told.
      skill: { lastValue: expect.closeTo(1 - mae / last, 10), seasonalNaive: null },
      interval: { alpha: 0.1, coverage: expect.any(Number), score: expect.any(Number) },
    });
  });

  it.each([1, 5])('beats the last value on New York’s taxis, %i ahead', (horizon) => {
    const summary = at(`taxi${horizon}.json`);
    const { status } = forecast([taxi, '--column', 'value', '--horizon', String(horizon), '--json-summary', summary]);
    expect(status).toBe(0);
    const { rows, scored, skill } = JSON.parse(readFileSync(summary, 'utf8'));
    expect({ rows, scored }).toEqual({ rows: 10_320, scored: 10_320 - horizon });
    expect(skill.lastValue).toBeGreaterThan(0.3);
  });

  it('draws a chart in place of the lines', () => {
    const rows = Array.from({ length: 50 }, (_, t) => `${t},${t % 4}`);
    const { status, stdout } = spawnSync(
      process.execPath,
      [eddy, 'forecast', '-', '--column', 'v', '--chart', ...small],
      {
        input: csv(...rows),
        encoding: 'utf8',
      },
    );
    expect(status).toBe(0);
    expect(stdout).toMatch(/actual[\s\S]*forecast/);
    expect(stdout).not.toContain('"index"');
  });

  it('explains itself', () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [eddy, 'forecast', '--help'], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const named = [
      'column',
      'time',
      'format',
      'horizon',
      'units',
      'layers',
      'k1',
      'k2',
      'rate',
      'networks',
      'seed',
      'season',
      'alpha',
    ];
    for (const option of [...named, 'on-invalid', 'chart', 'json-summary']) expect(stdout).toContain(`--${option}`);
    const version = spawnSync(process.execPath, [eddy, '--version'], { encoding: 'utf8' }).stdout.trim();
    expect(version).toBe(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version);
  });

  it('shows progress on a terminal only', () => {
    const rows = Array.from({ length: 3000 }, (_, t) => `${t},${t % 4}`);
    expect(forecast(['-', '--column', 'v', ...small], csv(...rows)).stderr).toMatch(/^3,000 rows, [^\r]*$/);
  });
});
