// node scripts/hosts/measure.mjs: what eddy weighs on each host and how long it takes to start there, measured here and now, into docs/hosts.md.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { bundle } from '../../tools/bundle.mjs';
import { openChromium } from '../../tools/chromium.mjs';
import { serve } from '../../tools/serve.mjs';
import { flags, openWorkerd } from '../../tools/workerd.mjs';

const RUNS = 9;
const root = fileURLToPath(new URL('../../', import.meta.url));
const docs = join(root, 'docs/hosts.md');
const outdir = mkdtempSync(join(tmpdir(), 'eddy-hosts-'));
// The least: whatever else runs on the machine only adds.
const least = (values) => Math.min(...values);
const ms = (value) => `${value.toFixed(1)} ms`;
const kB = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
const gzipped = (file) => gzipSync(readFileSync(file), { level: 9 }).length;

const spec = '{ input: 1, layers: [lstm(32)], output: dense(1), seed: 7 }';
const first = (imports, open) => `
  const from = performance.now();
  const { ${imports}, lstm, dense } = await import('${imports === 'createModel' ? 'rx-eddy' : 'rx-eddy/bare'}');
  const model = ${open};
  model.step([0.5], model.openState());
  console.log(performance.now() - from);`;

const inNode = (program) => {
  const run = () => Number(execFileSync(process.execPath, ['--input-type=module', '-e', program], { cwd: root }));
  return least(Array.from({ length: RUNS }, run));
};
const node = {
  tfjs: inNode(
    "const from = performance.now(); await import('@tensorflow/tfjs-core'); await import('@tensorflow/tfjs-backend-wasm'); console.log(performance.now() - from);",
  ),
  eddy: inNode(first('createModel', `await createModel(${spec})`)),
  bare: inNode(
    first(
      'loadKernels, createBareRuntime, createModelOn',
      `createModelOn(createBareRuntime(await loadKernels()), ${spec})`,
    ),
  ),
};

const workers = ['learner', 'bare', 'empty'];
for (const name of workers) {
  const entries = { [name]: join(root, `test/hosts/workers/${name}.mjs`) };
  await bundle({ host: 'workerd', entries, outdir: join(outdir, name) });
}
const script = (name) => gzipped(join(outdir, name, `${name}.js`));
const eddyWasm = gzipped(join(root, 'dist/eddy.wasm'));
const tfjsWasm = gzipped(join(root, 'dist/tfjs.wasm'));
const starts = { learner: [], bare: [], empty: [] };
const firsts = { learner: [], bare: [], empty: [] };
for (let run = 0; run < RUNS; run++) {
  for (const name of workers) {
    const workerd = await openWorkerd(outdir, { [name]: { script: `${name}/${name}.js`, flags: flags.plain } });
    starts[name].push(workerd.started);
    const from = performance.now();
    await (await workerd.fetch(name, '/runtimes')).text();
    firsts[name].push(performance.now() - from);
    workerd.close();
  }
}

const page = `
import { createModel, dense, loadKernels, lstm, createBareRuntime, createModelOn } from 'rx-eddy';
const timed = async (open) => {
  const from = performance.now();
  const model = await open();
  model.step([0.5], model.openState());
  return performance.now() - from;
};
window.eddy = async () => ({
  eddy: await timed(() => createModel(${spec})),
  bare: await timed(async () => createModelOn(createBareRuntime(await loadKernels()), ${spec})),
});`;
// Beside the package, so that its name resolves.
const entry = join(root, 'build/measure.mjs');
writeFileSync(entry, page);
await bundle({ host: 'browser', entries: { page: entry }, outdir: join(outdir, 'page') });
rmSync(entry);
const server = await serve(join(outdir, 'page'));
const chromium = await openChromium();
const pages = [];
for (let run = 0; run < RUNS; run++) {
  const tab = await chromium.newPage();
  await tab.goto(`${server.url}/page.html`);
  await tab.waitForFunction(() => 'eddy' in window);
  pages.push(await tab.evaluate(() => window.eddy()));
  await tab.close();
}
const version = chromium.version();
await chromium.close();
server.close();

const { version: eddyVersion } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const table = `
eddy ${eddyVersion}, Node ${process.versions.node}, Chromium ${version}, ${basename(process.platform)} ${process.arch}; the least of ${RUNS} runs; \`node scripts/hosts/measure.mjs\` measures again.

| what an edge worker that predicts and learns has, gzipped | on tfjs's heap | over bare memory |
| --- | ---: | ---: |
| script, minified, with rxjs and both operators (bare: with the learner) | ${kB(script('learner'))} | ${kB(script('bare'))} |
| eddy.wasm | ${kB(eddyWasm)} | ${kB(eddyWasm)} |
| tfjs.wasm | ${kB(tfjsWasm)} | – |
| together | ${kB(script('learner') + eddyWasm + tfjsWasm)} | ${kB(script('bare') + eddyWasm)} |

| start, lstm(32) → dense(1) | on tfjs's heap | over bare memory |
| --- | ---: | ---: |
| Node: import and first prediction (the import of tfjs-core and its WASM backend alone: ${ms(node.tfjs)}) | ${ms(node.eddy)} | ${ms(node.bare)} |
| workerd: module start, processor time above an empty worker's | ${ms(least(starts.learner) - least(starts.empty))} | ${ms(least(starts.bare) - least(starts.empty))} |
| workerd: first request, with two models (bare: with 400 updates) | ${ms(least(firsts.learner))} | ${ms(least(firsts.bare))} |
| Chromium: first prediction, script loaded, \`.wasm\` from the server | ${ms(least(pages.map(({ eddy }) => eddy)))} | ${ms(least(pages.map(({ bare }) => bare)))} |
`;
const [before, after] = ['<!-- measured -->', '<!-- /measured -->'];
const text = readFileSync(docs, 'utf8');
if (!text.includes(before) || !text.includes(after)) throw new Error(`docs/hosts.md must have ${before} and ${after}`);
const end = text.indexOf(after);
writeFileSync(docs, `${text.slice(0, text.indexOf(before) + before.length)}\n${table}\n${text.slice(end)}`);
rmSync(outdir, { recursive: true });
console.log(table);
