import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { describe, expect, it, vi } from 'vitest';
import { evaluate as addEvaluate } from '../../bin/commands/evaluate.js';
import { createIntervalScores } from '../../bin/intervalScores.js';
import { readSeries } from '../../bin/series.js';
import { isTime, timeOf } from '../../bin/times.js';
import { createRandom } from '../../src/core/random.js';
import { temporaryFiles } from '../temporaryFiles.js';

const { folder, write } = temporaryFiles();

async function evaluate(...args: string[]): Promise<string> {
  const program = new Command('eddy').exitOverride();
  addEvaluate(program);
  for (const command of program.commands) command.exitOverride().configureOutput({ writeErr: () => {} });
  let out = '';
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text);
    return true;
  });
  try {
    await program.parseAsync(['evaluate', ...args], { from: 'user' });
  } finally {
    write.mockRestore();
  }
  return out;
}

interface BoardRow {
  model: string;
  horizon: number;
  mse: number;
  mae: number;
  skill: number;
  microseconds: number;
  coverage: number | null;
  intervalScore: number | null;
}
interface Board {
  rows: BoardRow[];
}
const board = async (...args: string[]): Promise<Board> => JSON.parse(await evaluate(...args, '--json'));

const hours = (rows: number) => {
  const random = createRandom(1);
  const lines = Array.from({ length: rows }, (_, t) => {
    const value = 10 + 5 * Math.sin((2 * Math.PI * t) / 24) + random.normal();
    return `${new Date(Date.UTC(2024, 0, 1, t)).toISOString()},${value.toFixed(3)},${t % 50 === 7 ? 'NA' : (2 * value + random.normal()).toFixed(3)},note ${t}`;
  });
  return ['date,load,heat,note', ...lines].join('\n');
};

describe('eddy evaluate', () => {
  const path = write('hours.csv', hours(900));

  it('prints a table that starts with eddy, for each horizon and model', async () => {
    const lines = (await evaluate(path, '--horizon', '1,3', '--columns', 'load,heat')).trim().split('\n');
    expect(lines[0]).toMatch(/^horizon +model +MSE +MAE +skill +covered +interval +µs\/row$/);
    expect(lines).toHaveLength(1 + 2 * 7);
    expect(lines[1]).toMatch(/^ +1 +eddy +0\.\d{4} /);
  });

  it('writes eddy and every baseline as JSON, eddy better than all on a plain season', async () => {
    const { rows } = await board(path, '--horizon', '2', '--train', '300', '--from', '400');
    const [eddy, ...others] = rows;
    expect(Object.keys(eddy)).toEqual([
      ...['model', 'horizon', 'mse', 'mae', 'skill', 'microseconds', 'coverage', 'intervalScore'],
    ]);
    expect(rows.map(({ model }) => model)).toEqual([
      'eddy',
      'last value',
      'seasonal naive',
      'seasonal naive, long',
      'drift',
      'Holt-Winters',
      'RLS on lags',
    ]);
    const best = Math.min(...others.map(({ mse }) => mse));
    expect(eddy.mse).toBeLessThan(best);
    expect(eddy.skill).toBeCloseTo(1 - eddy.mse / best, 9);
    for (const { mse, mae, microseconds } of rows)
      for (const x of [mse, mae, microseconds]) expect(x).toBeGreaterThan(0);
  });

  it('scores the last value as one would by hand', async () => {
    const walk = write('walk.csv', `t,x\n${[1, 4, 2, 8, 5, 7, 1, 3].map((x, t) => `${t},${x}`).join('\n')}`);
    const { rows } = await board(walk, '--columns', 'x', '--train', '4', '--from', '4', '--horizon', '2');
    // Over 1, 4, 2, 8: mean 3.75, variance 7.1875. Origins are rows 3, 4, 5, with 8, 5 and 7 as their last values.
    const errors = [8 - 5, 8 - 7, 5 - 7, 5 - 1, 7 - 1, 7 - 3];
    const last = rows.find(({ model }) => model === 'last value');
    expect(last?.mse).toBeCloseTo(errors.reduce((sum, e) => sum + e * e, 0) / 6 / 7.1875, 9);
    expect(last?.mae).toBeCloseTo(errors.reduce((sum, e) => sum + Math.abs(e), 0) / 6 / Math.sqrt(7.1875), 9);
  });

  it('holds the coverage of eddy’s intervals; wider ones for more of it cost more', async () => {
    const long = write('long.csv', hours(4000));
    const of = async (alpha: string) => {
      const { rows } = await board(long, '--columns', 'load,heat', '--horizon', '2', '--alpha', alpha);
      for (const { coverage } of rows.slice(1)) expect(coverage).toBeNull();
      return rows[0];
    };
    const [wide, narrow] = [await of('0.1'), await of('0.5')];
    expect(Math.abs((wide.coverage ?? 0) - 0.9)).toBeLessThan(0.01);
    expect(Math.abs((narrow.coverage ?? 0) - 0.5)).toBeLessThan(0.01);
    expect(wide.intervalScore ?? 0).toBeGreaterThan(narrow.intervalScore ?? Number.NaN);
  });

  it('scores intervals from the given row on, in deviations, as one would by hand', () => {
    const scores = createIntervalScores({ horizon: 2, alpha: 0.5, from: 3, deviations: Float64Array.of(4) });
    // Two ahead, 0 is forecast and the values are 1: all errors are 1, and so is the radius once one is known; row 8 is 3 away.
    for (let row = 0; row < 10; row++) scores.step(Float64Array.of(row === 8 ? 3 : 1), Float64Array.of(0, 0));
    const { coverage, intervalScore } = scores.read();
    // The first interval is made at row 2, for row 4.
    expect(coverage).toBeCloseTo(5 / 6, 9);
    expect(intervalScore).toBeGreaterThanOrEqual((6 * 2 + (2 / 0.5) * 2) / 6 / 4 - 1e-9);
  });

  it('draws an SVG', async () => {
    const svg = join(folder, 'out.svg');
    await evaluate(path, '--columns', 'load', '--plot', svg);
    expect(readFileSync(svg, 'utf8')).toMatch(/^<svg.*eddy.*<\/svg>$/s);
  });

  it('takes a constant and a column with a hole as wide as the file', async () => {
    const flat = write('flat.csv', `x,y\n${Array.from({ length: 80 }, (_, t) => `5,${t < 3 ? t : ''}`).join('\n')}`);
    for (const { mse, mae } of (await board(flat, '--horizon', '1,2')).rows) {
      expect(mse).toBe(0);
      expect(mae).toBe(0);
    }
  });

  it('says what is wrong with a file, a column, too few rows', async () => {
    const code = (error: unknown) => (error instanceof Error && 'code' in error ? error.code : undefined);
    const failing = (...args: string[]) => evaluate(...args).catch(code);
    expect(await failing(join(folder, 'none.csv'))).toBe('invalid-file');
    expect(await failing(write('empty.csv', ''))).toBe('invalid-file');
    expect(await failing(path, '--columns', 'nothing')).toBe('invalid-option');
    expect(await failing(path, '--columns', 'note')).toBe('invalid-sample');
    expect(await failing(path, '--horizon', '0')).toBe('commander.invalidArgument');
    expect(await failing(path, '--from', '900')).toBe('invalid-option');
    expect(await failing(write('one.csv', 'x\n1'))).toBe('invalid-option');
  });

  it('tells of no interval where none was tried', async () => {
    const path = write('short.csv', 'x\n1\n2\n3\n');
    const { rows } = await board(path, '--train', '1', '--from', '1', '--horizon', '2');
    for (const { coverage, intervalScore } of rows) expect([coverage, intervalScore]).toEqual([null, null]);
    expect(await evaluate(path, '--train', '1', '--from', '1', '--horizon', '2')).toContain(' – ');
    await expect(evaluate(path, '--alpha', '1')).rejects.toThrow('It must be above 0 and below 1');
  });

  it('tells of no option that it lacks, and of a picture that it cannot write before it works', async () => {
    await expect(evaluate(write('wide.csv', 'x,y\n1,2\n1,2,3\n'))).rejects.toThrow(
      /wide\.csv: row 2 must have 2 fields as the header has, it has 3; mend the row$/,
    );
    await expect(evaluate(path, '--plot', join(folder, 'no', 'such.svg'))).rejects.toThrow(/^--plot must name a file/);
  });
});

describe('readSeries', () => {
  it('leaves text and the time out of all columns, and reads gaps as NaN', async () => {
    const { columns, rows, times } = await readSeries(join(folder, 'hours.csv'), 'all');
    expect(columns).toEqual(['load', 'heat']);
    expect(rows[7][1]).toBeNaN();
    expect(times[5]).toBe(Date.UTC(2024, 0, 1, 5));
  });

  it('reads year, month, day and hour columns as time', async () => {
    const path = write('parts.csv', 'year,month,day,hour,x\n2010,1,2,3,7\n2010,1,2,4,8');
    const { columns, times } = await readSeries(path, 'all');
    expect(columns).toEqual(['x']);
    expect(times[0]).toBe(Date.UTC(2010, 0, 2, 3));
  });

  it('knows the usual ways to write a time', () => {
    expect(timeOf('2016-07-01 02:00:00')).toBe(Date.UTC(2016, 6, 1, 2));
    expect(timeOf('2016-07-01T02:00:00+02:00')).toBe(Date.UTC(2016, 6, 1));
    expect(timeOf('1949-03')).toBe(Date.UTC(1949, 2, 1));
    expect(timeOf('1700000000')).toBe(1_700_000_000_000);
    expect(timeOf('1700000000123')).toBe(1_700_000_000_123);
    expect(timeOf('12.5')).toBeNaN();
    expect(isTime('x', '1949-03')).toBe(true);
    expect(isTime('timestamp', '1700000000')).toBe(true);
    expect(isTime('x', '1700000000')).toBe(false);
  });
});
