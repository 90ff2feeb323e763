// node build/edge/measure.mjs: what a sample costs in workerd and what a thousand objects take, measured here and now, into README.md.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { FRAME_SAMPLES, OPEN_LEARNERS } from '../src/limits.js';
import { intoReadme } from './intoReadme.js';
import { measureMemory } from './measureMemory.js';
import { type Edge, openEdge } from './openEdge.js';
import { readSeries, TRANSFORMER } from './series.js';

const SAMPLES = 100_000;
const SLICES = 5;
const OBJECTS = 1_000;
const folder = 'build/edge/worker';

const series = readSeries(TRANSFORMER, 'OT');

/** Microseconds of processor time of the whole process a sample: the least of some slices, as other work on the machine only adds. */
async function cpuOf(edge: Edge, samples: number, size: number): Promise<number> {
  const sensor = `frames-of-${size}`;
  let taken = 0;
  const send = async (count: number) => {
    for (const end = taken + count; taken < end; taken += size) {
      const values = Float32Array.from({ length: size }, (_, i) => series[(taken + i) % series.length]);
      const response = await edge.postBinary(sensor, { first: taken + 1, values });
      if (!response.ok) throw new Error(await response.text());
      await response.arrayBuffer();
    }
  };
  await send(20 * size);
  const slices: number[] = [];
  for (let slice = 0; slice < SLICES; slice++) {
    const before = edge.cpu();
    await send(samples / SLICES);
    slices.push(((edge.cpu() - before) * 1000) / (samples / SLICES));
  }
  return Math.min(...slices);
}

const storage = mkdtempSync(join(tmpdir(), 'eddy-measure-'));
const edge = await openEdge({ folder, storage });
const costs: string[] = [];
for (const [size, samples] of [
  [FRAME_SAMPLES, SAMPLES],
  [100, SAMPLES],
  [10, SAMPLES / 10],
  [1, SAMPLES / 100],
]) {
  const cost = await cpuOf(edge, samples, size);
  costs.push(
    `| ${size} | ${samples.toLocaleString('en')} | ${cost.toFixed(1)} | ${((cost * size) / 1000).toFixed(2)} |`,
  );
  console.log(costs.at(-1));
}
const checkpoint = await (await edge.ask('/sensors/frames-of-1000/checkpoint')).arrayBuffer();
edge.close();
rmSync(storage, { recursive: true });

const MB = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
const memoryRow = (name: string, { script, beside }: { script: number; beside: number }) =>
  `| ${[name, MB(script), MB(beside), MB(script + beside), '128 MB'].join(' | ')} |`;
const memory = await measureMemory({ folder, objects: OBJECTS });
const zipped = (name: string) => gzipSync(readFileSync(join(folder, name)), { level: 9 }).length;
const bundle = ['worker.js', 'eddy.wasm', 'fleet.html'].reduce((sum, name) => sum + zipped(name), 0);

const table = `
workerd, Node ${process.versions.node}, ${cpus()[0].model}; \`node build/edge/measure.mjs\` writes them anew. The least of ${SLICES} slices.

| samples a frame | samples sent | µs of CPU a sample, learning | ms of CPU a frame |
| ---: | ---: | ---: | ---: |
${costs.join('\n')}

That is all the time of workerd's process, read from outside: HTTP, the token, JSON, the network, SQLite.

| what the isolate takes | JavaScript, garbage included | WebAssembly and buffers | together | platform's limit |
| --- | ---: | ---: | ---: | ---: |
${memoryRow('one object', memory.one)}
${memoryRow(`${OBJECTS.toLocaleString('en')} objects, ${OPEN_LEARNERS} learners open: least`, memory.least)}
${memoryRow('the same, most', memory.most)}

The least and the most of readings while frames come: garbage comes and goes.

| | measured | platform's limit |
| --- | ---: | ---: |
| a sensor's checkpoint, written with each frame | ${(checkpoint.byteLength / 1000).toFixed(1)} kB, one row | 2 MB a row, 10 GB an object |
| worker, with kernels and page, gzipped | ${(bundle / 1000).toFixed(1)} kB | 64 MiB, before gzip |
`;
intoReadme('measured', table);
console.log(table);
