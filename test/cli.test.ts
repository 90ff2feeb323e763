import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { root } from './sources.js';

// Every test starts processes of its own.
vi.setConfig({ testTimeout: 60_000 });

const eddy = join(root, 'dist/bin/eddy.js');
const taxi = join(root, 'data/nab/nyc_taxi.csv');
const folder = mkdtempSync(join(tmpdir(), 'eddy-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, text: string) => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

/** Small networks: these tests are about what is read and said. */
const small = ['--units', '4', '--k2', '2'];
const forecast = (args: readonly string[], input = '') => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [eddy, 'forecast', ...args], {
    input,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  const lines = stdout.split('\n').slice(0, -1);
  return { status, stdout, stderr, lines: lines.map((line): Line => JSON.parse(line)) };
};
interface Line {
  index: number;
  time: string | null;
  value: number;
  forecast: number;
  low: number | null;
  high: number | null;
  expected: number | null;
  error: number | null;
}
const csv = (...rows: string[]) => ['t,v', ...rows, ''].join('\n');
const values = (lines: readonly Line[]) => lines.map(({ value }) => value);

describe('eddy forecast', () => {
  it('writes one JSON line a row: what was forecast, for when, and how it turned out', () => {
    const horizon = 3;
    const rows = Array.from({ length: 40 }, (_, t) => `day ${t},${(t * 7) % 10}`);
    const args = ['-', '--column', 'v', '--time', 't', '--horizon', String(horizon), ...small];
    const { status, lines, stderr } = forecast(args, csv(...rows));
    expect(status).toBe(0);
    expect(lines.length).toBe(40);
    lines.forEach((line, t) => {
      expect(Object.keys(line)).toEqual([
        ...['index', 'time', 'value', 'forecast', 'low', 'high', 'expected', 'error'],
      ]);
      const expected = t < horizon ? null : lines[t - horizon].forecast;
      const value = (t * 7) % 10;
      const error = expected === null ? null : value - expected;
      expect(line).toMatchObject({
        index: t + 1,
        time: `day ${t}`,
        value,
        forecast: expect.any(Number),
        expected,
        error,
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
    const summary = join(folder, 'interval.json');
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
      forecast([file('a.csv', table), ...args]),
      forecast(['-', ...args], table),
      forecast(args, table),
      forecast([file('a.ndjson', lines), ...args]),
      forecast([file('a.jsonl', lines), ...args]),
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
    const summary = join(folder, 'summary.json');
    const rows = Array.from({ length: 50 }, (_, t) => `${t},${t % 4}`);
    const args = ['-', '--column', 'v', '--season', '4', '--horizon', '2', '--json-summary', summary, ...small];
    const { status, lines } = forecast(args, csv(...rows));
    expect(status).toBe(0);
    const said = JSON.parse(readFileSync(summary, 'utf8'));
    const errors = lines.flatMap(({ error }) => (error === null ? [] : [error]));
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

  it.each([1, 5])(
    'beats the last value on New York’s taxis, %i ahead, in under 10 seconds',
    (horizon) => {
      const summary = join(folder, `taxi${horizon}.json`);
      const started = performance.now();
      const { status } = forecast([taxi, '--column', 'value', '--horizon', String(horizon), '--json-summary', summary]);
      expect(performance.now() - started).toBeLessThan(10_000);
      expect(status).toBe(0);
      const { rows, scored, skill } = JSON.parse(readFileSync(summary, 'utf8'));
      expect({ rows, scored }).toEqual({ rows: 10_320, scored: 10_320 - horizon });
      expect(skill.lastValue).toBeGreaterThan(0.3);
    },
    20_000,
  );

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
      'lr',
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

describe('eddy forecast refuses', () => {
  const data: [string, string, string[], RegExp][] = [
    [
      'text',
      csv('1,2', '2,high'),
      [],
      /row 2 must have a finite number within float32 in column 'v', got "high"; mend/,
    ],
    ['NaN', csv('1,NaN'), [], /row 1 must have a finite number .* got "NaN"; mend the row, or pass --on-invalid/],
    ['Infinity', csv('1,2', '2,3', '3,Infinity'), [], /row 3 must have a finite number .* got "Infinity"/],
    ['−Infinity', csv('1,-Infinity'), [], /row 1 must .* got "-Infinity"/],
    ['a number beyond float32', csv('1,1e39'), [], /row 1 must .* got "1e39"/],
    ['an empty cell', csv('1,'), [], /row 1 must .* got ""/],
    [
      'a row too short',
      csv('1,2', '2'),
      [],
      /standard input: row 2 must have 2 fields as the header has, it has 1; mend/,
    ],
    ['a row too long', csv('1,2', '2,3,4'), [], /row 2 must have 2 fields as the header has, it has 3/],
    [
      'a missing column',
      'a,b\n1,2\n',
      [],
      /the header has no column "v", it has "a", "b"; name one of these with --column/,
    ],
    ['a missing time', csv('1,2'), ['--time', 'x'], /no column "x", it has "t", "v"; name one of these with --time/],
    ['a column named twice', 'v,v\n1,2\n', [], /the header names 'v' twice; name each column once/],
    ['an empty file', '', [], /standard input: it must begin with a header line, it is empty; give a CSV file/],
    ['a header alone', 't,v\n', [], /it must have rows after its header, it has none; give at least one row/],
    ['a quote that is not closed', 't,v\n1,"2\n', [], /not readable as CSV: .* line \d.*; mend the file/],
    ['an endless line', `t,v\n1,"${'2'.repeat(3_000_000)}`, [], /not readable as CSV/],
  ];
  it.each(data)('in CSV %s: exit code 1 and one line', (_, input, args, message) => {
    const { status, stderr } = forecast(['-', '--column', 'v', ...args, ...small], input);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^eddy: [^\n]*\n$/);
    expect(status).toBe(1);
  });

  const json: [string, string, RegExp][] = [
    [
      'broken JSON',
      '{"v":1}\n{"v":\n',
      /standard input: row 2 must be one JSON object, got "\{\\"v\\":"; write one object a line/,
    ],
    ['no object', '[1,2]\n', /row 1 must be one JSON object/],
    ['null', 'null\n', /row 1 must be one JSON object/],
    ['a missing column', '{"v":1}\n{"w":1}\n', /row 2 has no column "v", it has "w"; name one of these with --column/],
    ['text', '{"v":1}\n{"v":2}\n{"v":"x"}\n', /row 3 must have a finite number .* got "x"/],
    ['null in the column', '{"v":null}\n', /row 1 must .* got null/],
    ['an array in the column', '{"v":[1]}\n', /row 1 must .* got \[1\]/],
    ['nothing', '\n\n', /it must have rows, it is empty; give at least one line of JSON/],
    ['an endless line', `{"v": ${'1'.repeat(3_000_000)}`, /line 1 must have at most 1048576 characters/],
  ];
  it.each(json)('in NDJSON %s: exit code 1 and one line', (_, input, message) => {
    const { status, stderr } = forecast(['-', '--format', 'ndjson', '--column', 'v', ...small], input);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^eddy: [^\n]*\n$/);
    expect(status).toBe(1);
  });

  it.each<[string, string[], RegExp]>([
    ['a missing file', ['/no/such.csv'], /^eddy: \/no\/such\.csv: no such file; check the path\n$/],
    ['a folder', [folder], /: a folder, not a file; name a file in it\n$/],
    ['no column with a number', [file('text.csv', 'a,b\nx,y\n')], /^eddy: row 1 must have a number in some column/],
    [
      'a summary that cannot be written',
      [taxi, '--json-summary', '/no/such/place', ...small],
      /eddy: --json-summary must name a file/,
    ],
  ])('%s: exit code 1', (_, args, message) => {
    const { status, stderr } = forecast(args);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n {4}at /);
    expect(status).toBe(1);
  });

  it.each<[string, string[]]>([
    ['units of 0', ['--units', '0']],
    ['units below 0', ['--units', '-4']],
    ['units that are not whole', ['--units', '1.5']],
    ['units that are text', ['--units', 'many']],
    ['layers of 0', ['--layers', '0']],
    ['horizon of 0', ['--horizon', '0']],
    ['k1 below 1', ['--k1', '0']],
    ['k2 below 1', ['--k2', '0']],
    ['a rate of 0', ['--lr', '0']],
    ['a rate that is NaN', ['--lr', 'NaN']],
    ['a season below 0', ['--season', '-1']],
    ['a seed below 0', ['--seed', '-1']],
    ['an alpha of 0', ['--alpha', '0']],
    ['an alpha of 1', ['--alpha', '1']],
    ['an unknown policy', ['--on-invalid', 'guess']],
    ['an unknown format', ['--format', 'xml']],
    ['an unknown option', ['--bogus']],
    ['a second file', ['a', 'b']],
    ['an option without its value', ['--column']],
  ])('%s: exit code 2 and one line that names it', (_, args) => {
    const { status, stdout, stderr } = forecast([...args]);
    expect(stderr).toMatch(/^eddy: [^\n]*--help explains the options\)\n$/);
    if (args[0].startsWith('--')) expect(stderr).toContain(args[0]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  });
});

describe('eddy forecast --on-invalid', () => {
  const clean = ['1,5', '2,6', '3,7', '4,6', '5,5'];
  const dirty = ['0,x', '1,5', '2,6', '3', '3,7', '4,Infinity', '4,6', '5,5'];
  const held = ['1,5', '2,6', '2,6', '3,7', '4,7', '4,6', '5,5'];
  const args = ['-', '--column', 'v', '--time', 't', ...small];
  const without = (lines: readonly Line[]) => lines.map(({ time: _, ...line }) => line);

  it('error (default): what came before the bad row is said, then it ends', () => {
    const { status, lines, stderr } = forecast(args, csv(...dirty.slice(1)));
    expect({ status, said: values(lines) }).toEqual({ status: 1, said: [5, 6] });
    expect(stderr).toContain('row 3 must have 2 fields');
  });

  it('skip: as if the bad rows were not there', () => {
    const { status, lines, stderr } = forecast([...args, '--on-invalid', 'skip'], csv(...dirty));
    expect(status).toBe(0);
    expect(lines).toEqual(forecast(args, csv(...clean)).lines);
    expect(stderr).toContain('3 skipped');
  });

  it('hold: as if the last good row had come again', () => {
    const { status, lines, stderr } = forecast([...args, '--on-invalid', 'hold'], csv(...dirty));
    expect(status).toBe(0);
    expect(without(lines)).toEqual(without(forecast(args, csv(...held)).lines));
    expect(stderr).toContain('1 skipped');
  });

  it.each(['skip', 'hold'])('%s: broken JSON too', (policy) => {
    const { status, lines } = forecast(
      ['-', '--format', 'ndjson', '--on-invalid', policy, ...small],
      '{"v":1}\n{"v\n{"v":2}\n',
    );
    expect({ status, said: values(lines) }).toEqual({ status: 0, said: policy === 'skip' ? [1, 2] : [1, 1, 2] });
  });

  it.each(['skip', 'hold'])('%s: fails all the same where no row is good, or the column is not there', (policy) => {
    const none = forecast([...args, '--on-invalid', policy], csv('1,x', '2,y'));
    expect(none).toMatchObject({ status: 1, stdout: '', stderr: expect.stringMatching(/^eddy: row 1 must .*\n$/) });
    const missing = forecast(['-', '--column', 'w', '--on-invalid', policy], csv('1,2'));
    expect(missing).toMatchObject({ status: 1, stderr: expect.stringMatching(/^eddy: .*no column "w".*\n$/) });
  });
});

describe('eddy forecast in a pipe', () => {
  it('ends in peace when its reader leaves', () => {
    const shell = `"${process.execPath}" "${eddy}" forecast "${taxi}" --column value | head -3; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = spawnSync('bash', ['-c', shell], { encoding: 'utf8' });
    const lines = stdout.trimEnd().split('\n');
    expect(lines.length).toBe(4);
    expect(lines[3]).toBe('0');
    expect(stderr).toBe('');
  });

  it('answers each row as it comes, while its input stays open', async () => {
    const child = spawn(process.execPath, [eddy, 'forecast', '-', '--format', 'ndjson', ...small]);
    child.stdout.setEncoding('utf8');
    const answers = child.stdout[Symbol.asyncIterator]();
    for (const value of [1, 2, 3]) {
      child.stdin.write(`{"v":${value}}\n`);
      expect(JSON.parse((await answers.next()).value)).toMatchObject({ index: value, value });
    }
    const closed = new Promise((resolve) => child.once('close', resolve));
    child.stdin.end();
    expect(await closed).toBe(0);
  });

  it.each(['ndjson', 'csv'])(
    'runs a long %s in constant memory',
    (format) => {
      const args = [join(root, 'scripts/longPipe.mjs'), '--rows', '300000', '--format', format, '--json'];
      const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      const { rows, megabytes } = JSON.parse(stdout);
      expect(rows).toBe(300_000);
      const mean = (part: number[]) => part.reduce((sum, value) => sum + value, 0) / part.length;
      const third = Math.floor(megabytes.length / 3);
      expect(third).toBeGreaterThanOrEqual(2);
      expect(mean(megabytes.slice(-third))).toBeLessThan(1.15 * mean(megabytes.slice(third, -third)));
      expect(Math.max(...megabytes)).toBeLessThan(250);
    },
    60_000,
  );
});
