import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { compare } from '../../scripts/bits/compare.mjs';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));

describe('node scripts/bits.mjs', () => {
  it('finds the same bits on every host, 10,000 steps of every network', async () => {
    const { stdout } = await run(process.execPath, ['scripts/bits.mjs'], { cwd: root });
    const lines = stdout.trim().split('\n');
    const hosts = lines.slice(0, -1).map((line) => line.split('  '));
    expect(hosts.map(([, host]) => host.replace(/[\d.]+/, 'x'))).toEqual([
      'node x',
      'node x, bare memory',
      'workerd x',
      'chromium x page',
      'chromium x web worker',
      'chromium x audio worklet, bare memory',
    ]);
    expect(new Set(hosts.map(([hash]) => hash)).size).toBe(1);
    expect(hosts[0][0]).toMatch(/^[0-9a-f]{64}$/);
    expect(lines.at(-1)).toMatch(/^6 hosts, \d+ networks, 10000 steps each: the same bits$/);
  });

  it('names the networks in which a host differs', () => {
    const a = {
      host: 'a',
      all: '1',
      cases: [
        ['lstm', '2'],
        ['gru', '3'],
      ],
    };
    const b = {
      host: 'b',
      all: '4',
      cases: [
        ['lstm', '2'],
        ['gru', '5'],
      ],
    };
    expect(compare([a, { ...a, host: 'c' }])).toEqual([]);
    expect(compare([a, b])).toEqual(['b differs from a in: gru']);
  });
});
