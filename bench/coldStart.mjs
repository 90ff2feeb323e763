// W4: how long a fresh process takes from the first import to the first prediction of an LSTM-32, and what a page has to fetch for it.
// As a program, `node coldStart.mjs MODULE [OPTION]` prints the milliseconds of one start; `import` in place of a module: tfjs-core and its
// WASM backend are imported, and nothing else done.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { readNumbers, writeNumbers } from './workloads.mjs';

const config = { work: 'W1', cell: 'lstm', inputs: 1, units: 32, k1: 1, rows: 1 };
const bare = 'tfjs-core and its WASM backend, imported';

async function start(module, option, path) {
  if (module === 'import') {
    const from = performance.now();
    await import('@tensorflow/tfjs-core');
    await import('@tensorflow/tfjs-backend-wasm');
    return performance.now() - from;
  }
  const { weights, x } = readNumbers(path, config);
  const from = performance.now();
  const imported = await import(new URL(module, import.meta.url));
  const contestant = imported.load ? await imported.load(option) : imported;
  const step = await contestant.createInference({ cell: 'lstm', input: 1, hidden: 32, weights, lr: 1e-3 });
  await step(x[0]);
  return performance.now() - from;
}

function coldStarts({ quick, contestants }) {
  const path = join(tmpdir(), `eddy-bench-cold-${process.pid}.f32`);
  writeNumbers(path, config);
  const cases = { [bare]: ['import', ''] };
  for (const { name, command, arguments: args } of contestants) {
    if (command === process.execPath) cases[name] = [args[1], args[2] ?? ''];
  }
  const found = Object.fromEntries(Object.keys(cases).map((name) => [name, []]));
  for (let turn = 0; turn < (quick ? 1 : 9); turn++) {
    for (const [name, args] of Object.entries(cases)) {
      try {
        const out = execFileSync(process.execPath, [import.meta.filename, ...args, path], {
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'ignore'],
        });
        found[name].push(Number(out.trim().split('\n').at(-1)));
      } catch {
        // It is left out of the table.
      }
    }
  }
  rmSync(path);
  return Object.entries(found)
    .filter(([, times]) => times.length > 0)
    .map(([contestant, times]) => ({
      workload: 'W4',
      config: 'import to first prediction',
      contestant,
      unit: 'ms',
      min: Math.min(...times),
      median: times.toSorted((a, b) => a - b)[times.length >> 1],
    }));
}

const gzipped = (files) =>
  files.reduce((sum, file) => sum + gzipSync(readFileSync(file), { level: 9 }).length, 0) / 1000;
const modules = new URL('node_modules/', import.meta.url).pathname;

/** Bundles what an application would write, minified; the script's file. */
async function bundled(name, contents, outdir) {
  const { build } = await import('esbuild');
  const outfile = join(outdir, `${name}.js`);
  await build({
    stdin: { contents, resolveDir: new URL('.', import.meta.url).pathname },
    outfile,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    mainFields: ['browser', 'module', 'main'],
    external: ['fs', 'path', 'crypto', 'util', 'worker_threads', 'os', 'url', 'vm'],
    logLevel: 'silent',
  });
  return outfile;
}

async function eddyFiles(outdir) {
  const { bundle } = await import('../tools/bundle.mjs');
  const entry = new URL('edge.mjs', import.meta.url).pathname;
  await bundle({ host: 'workerd', entries: { edge: entry }, outdir });
  return readdirSync(outdir).map((name) => join(outdir, name));
}

const tfjsWasm = `${modules}@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-simd.wasm`;
const sizes = {
  eddy: eddyFiles,
  'tfjs-core with gradients, WASM backend': async (outdir) => [
    await bundled(
      'tfjs',
      `import * as tf from '@tensorflow/tfjs-core'; import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
       import '@tensorflow/tfjs-backend-wasm'; globalThis.tf = tf;`,
      outdir,
    ),
    tfjsWasm,
  ],
  'onnxruntime-web': async () =>
    ['ort.wasm.min.mjs', 'ort-wasm-simd-threaded.mjs', 'ort-wasm-simd-threaded.wasm'].map(
      (file) => `${modules}onnxruntime-web/dist/${file}`,
    ),
  'brain.js': async () => [`${modules}brain.js/browser.min.js`].filter((file) => existsSync(file)),
};

async function transferSizes() {
  const rows = [];
  for (const [contestant, filesOf] of Object.entries(sizes)) {
    const outdir = mkdtempSync(join(tmpdir(), 'eddy-bench-size-'));
    try {
      const files = await filesOf(outdir);
      if (files.length === 0) continue;
      const size = gzipped(files);
      rows.push({ workload: 'W4', config: 'size', contestant, unit: 'kB gzip', min: size, median: size });
    } catch (error) {
      rows.push({
        workload: 'W4',
        config: 'size',
        contestant,
        unit: 'kB gzip',
        min: null,
        median: null,
        note: `failed: ${error.message.split('\n')[0]}`,
      });
    } finally {
      rmSync(outdir, { recursive: true });
    }
  }
  return rows;
}

export async function coldStart(options) {
  return [...coldStarts(options), ...(options.quick ? [] : await transferSizes())];
}

if (process.argv[1] === import.meta.filename) {
  const [module, option, path] = process.argv.slice(2);
  console.log = console.error;
  console.info = console.error;
  const milliseconds = await start(module, option, path);
  process.stdout.write(`\n${milliseconds}\n`);
  process.exit(0);
}
