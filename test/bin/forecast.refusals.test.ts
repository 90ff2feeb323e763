import { describe, expect, it, vi } from 'vitest';
import { temporaryFiles } from '../temporaryFiles.js';
import { csv, forecast, type Line, small, taxi, values } from './eddyForecast.js';

// Every test starts processes of its own.
vi.setConfig({ testTimeout: 60_000 });

const { folder, write } = temporaryFiles();

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
    ['no column with a number', [write('text.csv', 'a,b\nx,y\n')], /^eddy: row 1 must have a number in some column/],
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
    ['a rate of 0', ['--rate', '0']],
    ['a rate that is NaN', ['--rate', 'NaN']],
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
