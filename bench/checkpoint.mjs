// What checkpoints cost a learner of two LSTM layers of 128 units, TBPTT(8, 32), Adam.
//   node bench/checkpoint.mjs [--rounds 30] [--readme]
// One learner takes a thousand samples at a time, in slices of 20 with a turn of the event loop after each; every other thousand it saves to a
// file. Counted is processor time, not the wall's: of the stream's thread (Linux's schedstat; elsewhere the wall clock) for the samples, with every
// turn that the write takes of it, and of the process for the save alone, which does not wait; the disk works beside them.
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { learnStage } from '../dist/operators/networks/learn.js';
import { createSaver } from '../dist/src/checkpoint/saver.js';
import { fileStore } from '../dist/src/checkpoint/stores/file.js';
import { adam, createModel, dense, lstm, mse } from '../dist/src/index.js';

const SAMPLES = 1000;
const SLICE = 20;
/** Rounds until the engine has compiled everything. */
const WARM = 3;
const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '30' }, readme: { type: 'boolean', default: false } },
});
const rounds = Number(values.rounds);

/** Milliseconds that this thread has run. Linux counts up to where a thread last slept. */
async function threadTime() {
  await setTimeout(2);
  try {
    return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
  } catch {
    return performance.now();
  }
}

const folder = await mkdtemp(join(tmpdir(), 'eddy-bench-'));
const model = await createModel({ input: 1, layers: [lstm(128), lstm(128)], output: dense(1), seed: 7 });
const open = learnStage(model, { horizon: 1, target: (s) => s, k1: 8, k2: 32, loss: mse, optimizer: adam(1e-3) });
const stage = open();
const { saver } = await createSaver(fileStore(folder), 'bench', { model });
let taken = 0;

/** Takes a thousand samples; `save` is called early on. Returns the milliseconds they took, with all that was written. */
async function take(save) {
  const started = await threadTime();
  for (let at = 0; at < SAMPLES; at += SLICE) {
    for (let i = 0; i < SLICE; i++) stage.step(Math.sin(taken++ / 9), () => {});
    if (at === 0) save?.();
    await setImmediate();
  }
  await saver.flush();
  return (await threadTime()) - started;
}

const saves = [];
const save = () => {
  const started = process.cpuUsage();
  saver.save(taken, stage.snapshot());
  const { user, system } = process.cpuUsage(started);
  saves.push((user + system) / 1000);
};
const without = [];
const withSaves = [];
for (let round = -WARM; round < rounds; round++) {
  const times = [await take(), await take(save)];
  if (round < 0) continue;
  without.push(times[0]);
  withSaves.push(times[1]);
}
saves.splice(0, WARM);
const bytes = statSync(join(folder, 'bench')).size;
await rm(folder, { recursive: true });

const sorted = (list) => [...list].sort((a, b) => a - b);
const least = (list) => sorted(list)[0];
const median = (list) => sorted(list)[list.length >> 1];
const row = (name, pick, digits) =>
  `| ${name} | ${pick(saves).toFixed(2)} ms | ${pick(without).toFixed(digits)} ms | ${pick(withSaves).toFixed(digits)} ms | ${(100 * (pick(withSaves) / pick(without) - 1)).toFixed(1)} % |`;
const table = [
  `A checkpoint of ${(bytes / 1e6).toFixed(1)} MB, written ${rounds} times:`,
  '',
  '| of the rounds | a save, of the stream’s thread | 1,000 samples without | with a checkpoint | cost |',
  '| --- | ---: | ---: | ---: | ---: |',
  row('least', least, 1),
  row('median', median, 1),
].join('\n');
console.log(table);
if (values.readme) {
  const readme = new URL('README.md', import.meta.url);
  const text = readFileSync(readme, 'utf8');
  const part = /(<!-- checkpoint: begin -->)[\s\S]*(<!-- checkpoint: end -->)/;
  if (!part.test(text)) throw new Error('README.md has no place for the table');
  writeFileSync(
    readme,
    text.replace(part, (_, begin, end) => `${begin}\n\n${table}\n\n${end}`),
  );
}
