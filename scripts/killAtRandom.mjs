// Kills a learning `eddy forecast --checkpoint` again and again, with SIGKILL at random moments, and counts what is lost.
//   node scripts/killAtRandom.mjs [kills] [seed]
// Prints JSON: rows lost, rows that came out in other bits, checkpoints that could not be read, streams that ended in another state than one
// that was never killed (a row trained on twice or never would), kills that cut a save off, and the time from the start of the process that
// goes on to its first new row, beside that of an empty Node process in the same run. Exits with 1 unless the first four are 0.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeCheckpoint, encodeCheckpoint } from '../dist/src/checkpoint/checkpoint.js';
import { fileStore } from '../dist/src/checkpoint/stores/file/index.js';
import { createRandom } from '../dist/src/core/random.js';

const kills = Number(process.argv[2] ?? 50);
const random = createRandom(Number(process.argv[3] ?? 1));
const eddy = fileURLToPath(new URL('../dist/bin/eddy.js', import.meta.url));
const ROWS = 800;
const ROWS_A_TICK = 8;
const TICK = 4;
const rows = Array.from({ length: ROWS }, (_, t) => `${Math.fround(Math.sin(t / 5) + random.uniform() / 4)}\n`);

/**
 * One life of the command. Rows that were seen already come at once, the others at a limited rate. Settles with what it wrote, how long the
 * first line took, and whether it came to its end.
 */
function live(checkpoint, known, killAfter) {
  return new Promise((resolve, reject) => {
    const args = [eddy, 'forecast', '-', '--column', 'v', '--units', '16', '--checkpoint', checkpoint, '--every', '40'];
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    const started = performance.now();
    let text = '';
    let errors = '';
    let first;
    let next = known;
    child.stdin.on('error', () => {});
    child.stdin.write(`v\n${rows.slice(0, known).join('')}`);
    const feeding = setInterval(() => {
      child.stdin.write(rows.slice(next, next + ROWS_A_TICK).join(''));
      next += ROWS_A_TICK;
      if (next < ROWS) return;
      clearInterval(feeding);
      child.stdin.end();
    }, TICK);
    const killing = killAfter === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfter);
    child.stdout.on('data', (chunk) => {
      first ??= performance.now() - started;
      text += chunk;
    });
    child.stderr.on('data', (chunk) => {
      errors += chunk;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearInterval(feeding);
      clearTimeout(killing);
      if (signal !== 'SIGKILL' && code !== 0) reject(new Error(`eddy ended with ${code}: ${errors}`));
      // A line that was cut off is not out.
      else resolve({ lines: text.split('\n').slice(0, -1), first, ended: signal !== 'SIGKILL' });
    });
  });
}

async function read(folder) {
  const stored = await fileStore(folder).load('state');
  return stored && decodeCheckpoint(stored.bytes);
}

/** All that a checkpoint says but how many came before it. */
const bytesOf = (checkpoint) => encodeCheckpoint({ ...checkpoint, epoch: 1 });

const folder = await mkdtemp(join(tmpdir(), 'eddy-kill-'));
const result = { kills: 0, streams: 0, lost: 0, changed: 0, unreadable: 0, otherState: 0, cutOff: 0 };
const recoveries = [];
const empty = [];
const whole = await live(join(folder, 'whole', 'state'), 0);
const wanted = await read(join(folder, 'whole'));
const life = whole.first + (ROWS / ROWS_A_TICK) * TICK;
while (result.kills < kills) {
  const place = join(folder, `stream-${result.streams++}`);
  const merged = new Map();
  for (let ended = false, known = 0; !ended; ) {
    const { lines, first, ...end } = await live(join(place, 'state'), known, random.uniform() * 1.2 * life);
    ended = end.ended;
    for (const line of lines) {
      const { index } = JSON.parse(line);
      if (merged.has(index) && merged.get(index) !== line) result.changed++;
      merged.set(index, line);
    }
    if (known > 0 && first !== undefined) recoveries.push(first);
    if (ended) break;
    result.kills++;
    const left = await readdir(place).catch(() => []);
    if (left.some((name) => name.includes('@tmp-'))) result.cutOff++;
    try {
      known = (await read(place))?.offset ?? 0;
    } catch {
      result.unreadable++;
    }
  }
  whole.lines.forEach((line, i) => {
    if (!merged.has(i + 1)) result.lost++;
    else if (merged.get(i + 1) !== line) result.changed++;
  });
  // A row that was trained on twice, or never, would have left other weights and moments.
  const ended = await read(place);
  if (!ended || Buffer.compare(bytesOf(ended), bytesOf(wanted)) !== 0) result.otherState++;
  await rm(place, { recursive: true });
  const started = performance.now();
  spawnSync(process.execPath, ['-e', '0']);
  empty.push(performance.now() - started);
}
await rm(folder, { recursive: true });
const quantile = (times, q) => Math.round(times.sort((a, b) => a - b)[Math.floor(q * times.length)] ?? Number.NaN);
const { lost, changed, unreadable, otherState } = result;
const recoveryMs = {
  median: quantile(recoveries, 0.5),
  'of 95 %': quantile(recoveries, 0.95),
  emptyNode: quantile(empty, 0.5),
};
console.log(
  JSON.stringify({ ...result, firstStartMs: Math.round(whole.first), recoveries: recoveries.length, recoveryMs }),
);
if (lost + changed + unreadable + otherState > 0) process.exitCode = 1;
