import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

it('the bench checks its contestants and writes their times', () => {
  const folder = mkdtempSync(join(tmpdir(), 'eddy-bench-test-'));
  const file = join(folder, 'rows.json');
  const run = fileURLToPath(new URL('../../bench/run.mjs', import.meta.url));
  const only = ['--quick', '--only', '^(eddy|plain)', '--workloads', 'W1', '--configs', '^(LSTM|GRU) in4 H20$'];
  const text = execFileSync(process.execPath, [run, ...only, '--json', file], { encoding: 'utf8', stdio: 'pipe' });
  const rows: unknown = JSON.parse(readFileSync(file, 'utf8'));
  rmSync(folder, { recursive: true });
  const row = (config: string, contestant: string) => ({
    workload: 'W1',
    config,
    contestant,
    unit: 'µs a sample',
    min: expect.any(Number),
    median: expect.any(Number),
  });
  expect(rows).toEqual(
    ['LSTM in4 H20', 'GRU in4 H20'].flatMap((config) => [row(config, 'eddy'), row(config, 'plain JavaScript')]),
  );
  expect(text).toContain('| LSTM in4 H20 |');
});
