// node scripts/soak.mjs: the long form of test/operators/soak.long.test.ts. 100,000 rounds of subscribing and leaving and 10 million samples for each
// operator (fewer where a sample costs much more); what objects have grown by goes into docs/performance.md. It takes about half an hour.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = mkdtempSync(join(tmpdir(), 'eddy-soak-'));
const report = join(folder, 'report');
writeFileSync(report, '');
const { status } = spawnSync('npx', ['vitest', 'run', 'test/operators/soak.long.test.ts'], {
  stdio: 'inherit',
  env: { ...process.env, SOAK_REPORT: report },
});

const lines = readFileSync(report, 'utf8').trim().split('\n').filter(Boolean);
rmSync(folder, { recursive: true });
const rows = lines.map((line) => {
  const { name, what, growth } = JSON.parse(line);
  return `| ${name} | ${what.replace(/\B(?=(\d{3})+\b)/g, ',')} | ${Math.round(growth / 1000)} kB |`;
});
const table = ['| operator | after | objects grown by |', '| --- | --- | ---: |', ...rows].join('\n');
const page = new URL('../docs/performance.md', import.meta.url);
const [before, after] = [
  readFileSync(page, 'utf8').split('<!-- soak -->')[0],
  readFileSync(page, 'utf8').split('<!-- /soak -->')[1],
];
if (status === 0) writeFileSync(page, `${before}<!-- soak -->\n\n${table}\n\n<!-- /soak -->${after}`);
spawnSync('npx', ['biome', 'format', '--write', fileURLToPath(page)]);
process.exit(status ?? 1);
