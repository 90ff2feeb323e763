// One configuration: everyone's number is checked first, then they take turns, a short slice each, so that all meet the same machine.
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as plainJs from './peers/plainJs.mjs';
import { open } from './worker.mjs';
import { writeNumbers } from './workloads.mjs';

export const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

/** In float64: the number that the others are held to. */
async function referenceOf(config, path) {
  const in64 = (make) => (args) => make(args, Float64Array);
  const { createInference, createLearner, createBatch } = plainJs;
  const reference = {
    createInference: in64(createInference),
    createLearner: in64(createLearner),
    createBatch: in64(createBatch),
  };
  return (await open(reference, config, path)).number;
}

/** Float32 may differ by this much: outputs by what a sum rounds, losses by what 20 updates and more amplify. */
const tolerance = ({ work }, wanted) => (work === 'W2' ? 2e-3 * Math.abs(wanted) : 1e-4);

let jobs = 0;

/**
 * @param live `{ name, starred, process }` of each contestant
 * @returns rows `{ workload, config, contestant, unit, min, median, note? }`; who does not offer it has none
 */
export async function race(config, live, { slices, milliseconds, warmUp }) {
  const path = join(tmpdir(), `eddy-bench-${process.pid}-${++jobs}.f32`);
  writeNumbers(path, config);
  const { work, name, cell, inputs, units, k1, rows, unit } = config;
  const row = { workload: work, config: name, unit };
  const results = [];
  const runners = [];
  try {
    const wanted = await referenceOf(config, path);
    const id = jobs;
    for (const contestant of live) {
      const line = `open ${id} ${work} ${cell} ${inputs} ${units} ${k1} ${rows} ${path}`;
      const [what, value] = await contestant.process.ask(line);
      const result = { ...row, contestant: contestant.name, min: null, median: null };
      const starred = contestant.starred?.(config) ?? false;
      if (what === 'failed') {
        if (value !== 'not offered') results.push({ ...result, note: `failed: ${value}` });
      } else if (!starred && !(Math.abs(Number(value) - wanted) <= tolerance(config, wanted))) {
        results.push({ ...result, note: `wrong: ${value}, not ${wanted.toPrecision(7)}` });
        await contestant.process.ask(`close ${id}`);
      } else {
        results.push(result);
        if (starred) result.note = 'starred';
        runners.push({ contestant, result, times: [] });
      }
    }
    const run = async ({ contestant, result, times }, time, keep) => {
      if (result.note?.startsWith('failed')) return;
      const [what, count, microseconds] = await contestant.process.ask(`run ${id} ${time}`);
      if (what !== 'ran') result.note = `failed: ${count}`;
      else if (keep) times.push(Number(microseconds) / Number(count));
    };
    for (const runner of runners) await run(runner, warmUp, false);
    for (let slice = 0; slice < slices; slice++) for (const runner of runners) await run(runner, milliseconds, true);
    for (const { contestant, result, times } of runners) {
      await contestant.process.ask(`close ${id}`);
      if (times.length > 0) Object.assign(result, { min: Math.min(...times), median: median(times) });
    }
    return results;
  } finally {
    rmSync(path, { force: true });
  }
}
