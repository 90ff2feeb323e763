import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { bundle } from '../../tools/bundle.mjs';
import { flags, openWorkerd } from '../../tools/workerd.mjs';
import { expectQuickStart, LINES, quickStart } from './quickStart.js';

const EDGE_BYTES = 220_000;
const START_MILLISECONDS = 50;

const installed = inject('installed');
const sources = join(installed, 'workers');
const built = (name: string) => join(installed, 'workerd', name);
const inputs: { [worker: string]: string[] } = {};
let workerd: Awaited<ReturnType<typeof openWorkerd>>;

/** The README's program inside a request, which answers with what it has printed. */
const quickStartWorker = () => {
  const { imports, body } = quickStart();
  return `${imports}
export default {
  fetch: () => new Promise(async (resolve, reject) => {
    const lines = [];
    const console = { log: (...values) => lines.push(values.map(String).join(' ')) === ${LINES} && resolve(Response.json(lines)) };
    try { ${body} } catch (error) { reject(error); }
  }),
};`;
};

beforeAll(async () => {
  cpSync(fileURLToPath(new URL('workers', import.meta.url)), sources, { recursive: true });
  writeFileSync(join(sources, 'quickStart.mjs'), quickStartWorker());
  for (const name of readdirSync(sources).map((file) => file.replace('.mjs', ''))) {
    const entries = { [name]: join(sources, `${name}.mjs`) };
    const outputs = await bundle({ host: 'workerd', entries, outdir: built(name) });
    inputs[name] = outputs[`${name}.js`];
  }
  const folder = join(installed, 'workerd');
  workerd = await openWorkerd(
    folder,
    Object.fromEntries(
      Object.keys(inputs).flatMap((name) => [
        [name, { script: `${name}/${name}.js`, flags: flags.plain }],
        [`${name}Nodejs`, { script: `${name}/${name}.js`, flags: flags.nodejs }],
      ]),
    ),
  );
});
afterAll(() => workerd?.close());

const answer = async (worker: string, path?: string) => (await workerd.fetch(worker, path)).json();
const gzipped = (name: string) =>
  readdirSync(built(name)).reduce(
    (sum, file) => sum + gzipSync(readFileSync(join(built(name), file)), { level: 9 }).length,
    0,
  );

describe.each(['', 'Nodejs'])('the packed package in workerd, compatibility %j', (suffix) => {
  it("runs the README's quick start", async () => expectQuickStart(await answer(`quickStart${suffix}`)));

  it('predicts and learns in operators', async () => {
    const { losses, outputs } = await answer(`learner${suffix}`, '/learn');
    expect(losses[0] ?? undefined).toBeUndefined();
    const mean = (part: number[]) => part.reduce((sum, loss) => sum + loss, 0) / part.length;
    expect(mean(losses.slice(-100))).toBeLessThan(mean(losses.slice(1, 101)) / 2);
    expect(outputs).toHaveLength(50);
  });

  it('has one runtime and one heap for an isolate, and frees what it took', async () => {
    const [{ bytes }] = await Promise.all(Array.from({ length: 4 }, () => answer(`learner${suffix}`, '/runtimes')));
    expect(await answer(`learner${suffix}`, '/runtimes')).toEqual({ runtimes: 1, bytes });
    expect(bytes).toBe(0);
  });

  it("shares tfjs's engine and heap with the user's own tfjs code", async () => {
    expect(await answer(`tfjs${suffix}`)).toEqual({
      backend: 'wasm',
      product: 11,
      gradient: [3, 1],
      data: [1, 2, 3],
      onHeap: [1, 2, 3],
    });
  });

  it('learns over bare memory as over the heap of tfjs', async () => {
    const { losses } = await answer(`bare${suffix}`);
    expect(losses).toHaveLength(400);
    expect(losses.at(-1)).toBeLessThan(losses[49]);
  });
});

describe('an edge worker', () => {
  it(`that predicts and learns has at most ${EDGE_BYTES} bytes, gzipped, with both wasm modules`, () => {
    expect(readdirSync(built('learner')).sort()).toEqual(['eddy.wasm', 'learner.js', 'tfjs.wasm']);
    expect(gzipped('learner')).toBeLessThanOrEqual(EDGE_BYTES);
  });

  it('has no part of tfjs over bare memory', () => {
    expect(readdirSync(built('bare')).sort()).toEqual(['bare.js', 'eddy.wasm']);
    expect(inputs.bare.filter((file) => file.includes('tensorflow') || file.includes('tfjs'))).toEqual([]);
  });

  it.each(['learner', 'bare', 'quickStart'])(
    '%s: no eval, no compilation, no name of Node’s, no Emscripten glue',
    (name) => {
      const script = readFileSync(join(built(name), `${name}.js`), 'utf8');
      expect(script).not.toMatch(/\beval\(|new Function|WebAssembly\.(compile|instantiate)|["'`]node:|_scriptDir/);
      expect(inputs[name].filter((file) => file.includes('wasm-out') && file.endsWith('.js'))).toEqual([]);
    },
  );

  it(`starts within ${START_MILLISECONDS} ms of processor time, which is what the platform limits`, async () => {
    const start = async (name: string) => {
      const one = await openWorkerd(join(installed, 'workerd'), {
        [name]: { script: `${name}/${name}.js`, flags: flags.plain },
      });
      one.close();
      return one.started;
    };
    const least = { learner: Number.POSITIVE_INFINITY, empty: Number.POSITIVE_INFINITY };
    for (let run = 0; run < 3; run++) {
      least.learner = Math.min(least.learner, await start('learner'));
      least.empty = Math.min(least.empty, await start('empty'));
    }
    expect(least.learner - least.empty).toBeLessThanOrEqual(START_MILLISECONDS);
  });
});
