// One contestant in a process of its own: `node worker.mjs MODULE [OPTION]`, a line in, a line out.
//   open ID WORK CELL INPUTS UNITS K1 ROWS FILE -> opened NUMBER        the number that all must agree on
//   run ID MILLISECONDS                         -> ran COUNT MICROSECONDS
//   close ID                                    -> closed
// or `failed MESSAGE`. A module offers some of createInference, createLearner and createBatch, as adapter.mjs does.
import { createInterface } from 'node:readline';
import { CHECKED_ROW, CLIP, checkAfter, RATE, readNumbers, WINDOW } from './workloads.mjs';

const makers = { W1: 'createInference', W2: 'createLearner', W3: 'createBatch' };

/** Opens a configuration and runs it up to its checked number. */
export async function open(contestant, config, path) {
  const make = contestant[makers[config.work]];
  if (!make) throw new Error('not offered');
  const { weights, x, y } = readNumbers(path, config);
  const { cell, inputs, units, k1, rows } = config;
  const call = await make({
    cell,
    input: inputs,
    hidden: units,
    weights,
    window: WINDOW,
    k1,
    lr: RATE,
    clip: CLIP,
    batch: rows,
  });
  const job = { call, x, y, t: 0, work: config.work, wait: false };
  let number;
  for (const end = checkAfter(config); job.t < end; job.t++) {
    const k = job.t % x.length;
    let value = call(x[k], y[k]);
    if (value instanceof Promise) {
      value = await value;
      job.wait = true;
    }
    if (value !== undefined) number = config.work === 'W3' ? value[CHECKED_ROW] : value;
  }
  return { job, number };
}

/** Calls between two looks at the clock. */
const CHUNK = { W1: 16, W2: 1, W3: 1 };

/** Goes on for some milliseconds: how many outputs or updates, in how many microseconds. */
export async function run(job, milliseconds) {
  const { call, x, y, work, wait } = job;
  const mask = x.length - 1;
  const start = performance.now();
  let count = 0;
  let now = start;
  do {
    for (let wanted = CHUNK[work]; wanted > 0; ) {
      const k = job.t++ & mask;
      const value = wait ? await call(x[k], y[k]) : call(x[k], y[k]);
      if (value !== undefined) wanted--;
    }
    count += CHUNK[work];
    now = performance.now();
  } while (now - start < milliseconds);
  return { count, microseconds: (now - start) * 1000 };
}

if (process.argv[1] === import.meta.filename) {
  const say = (line) => process.stdout.write(`${line}\n`);
  // The lines are the only thing on this stream; what a library prints goes elsewhere.
  console.log = console.error;
  console.info = console.error;
  const module = await import(new URL(process.argv[2], import.meta.url));
  const contestant = module.load ? await module.load(process.argv[3]) : module;
  const jobs = new Map();
  const answers = {
    async open([id, work, cell, inputs, units, k1, rows, path]) {
      const config = { work, cell, inputs: Number(inputs), units: Number(units), k1: Number(k1), rows: Number(rows) };
      const { job, number } = await open(contestant, config, path);
      jobs.set(id, job);
      return `opened ${number}`;
    },
    async run([id, milliseconds]) {
      const { count, microseconds } = await run(jobs.get(id), Number(milliseconds));
      return `ran ${count} ${microseconds}`;
    },
    close([id]) {
      jobs.get(id)?.call.dispose?.();
      jobs.delete(id);
      return 'closed';
    },
  };
  say('hello');
  for await (const line of createInterface({ input: process.stdin })) {
    const [what, ...rest] = line.split(' ');
    try {
      say(await answers[what](rest));
    } catch (error) {
      say(
        `failed ${String(error?.message ?? error)
          .split('\n')[0]
          .slice(0, 200)}`,
      );
    }
  }
  process.exit(0);
}
