// Pipes rows without end through `eddy forecast` and reports the memory that it holds on the way: it must not grow.
//   node scripts/longPipe.mjs [--rows 10000000] [--format ndjson|csv] [--json]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '10000000' },
    format: { type: 'string', default: 'ndjson' },
    json: { type: 'boolean', default: false },
  },
});
const rows = Number(values.rows);
const eddy = fileURLToPath(new URL('../dist/bin/eddy.js', import.meta.url));
const options = ['--format', values.format, '--column', 'v', '--units', '8', '--k1', '16', '--k2', '16'];
const child = spawn(process.execPath, [eddy, 'forecast', '-', ...options], {
  stdio: ['pipe', 'pipe', values.json ? 'ignore' : 'inherit'],
});

/** Resident memory of the child; where there is no /proc this script has nothing to say. */
const residentMegabytes = () =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024;

let answered = 0;
child.stdout.on('data', (chunk) => {
  for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) answered++;
});
const closed = once(child, 'close');

const BATCH = 1000;
const every = Math.max(BATCH, Math.floor(rows / 20 / BATCH) * BATCH);
const megabytes = [];
const started = performance.now();
if (values.format === 'csv') child.stdin.write('t,v\n');
for (let sent = 0; sent < rows; ) {
  let batch = '';
  for (let k = 0; k < BATCH && sent < rows; k++, sent++) {
    const value = (sent % 48) + ((sent * 7919) % 101) / 50;
    batch += values.format === 'csv' ? `${sent},${value}\n` : `{"t":${sent},"v":${value}}\n`;
  }
  if (!child.stdin.write(batch)) await once(child.stdin, 'drain');
  if (sent % every === 0) {
    megabytes.push(residentMegabytes());
    if (!values.json)
      console.log(`${sent.toLocaleString('en')} rows sent, ${megabytes.at(-1)?.toFixed(0)} MB resident`);
  }
}
child.stdin.end();
const [code] = await closed;
if (values.json) console.log(JSON.stringify({ rows: answered, megabytes }));
else
  console.log(
    `${answered.toLocaleString('en')} rows answered in ${((performance.now() - started) / 1000).toFixed(0)} s`,
  );
process.exitCode = code === 0 && answered === rows ? 0 : 1;
