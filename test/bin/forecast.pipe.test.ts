import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { root } from '../house/sources.js';
import { eddy, small, taxi } from './eddyForecast.js';

// Every test starts processes of its own.
vi.setConfig({ testTimeout: 60_000 });

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

  it.each(['ndjson', 'csv'])('runs a long %s in constant memory', (format) => {
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
  });
});
