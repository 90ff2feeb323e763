// node scripts/bits.mjs [steps]: the same steps of predict and learn on every host. Prints each one's SHA-256 over all outputs, weights and states,
// and ends with 1 unless all are equal.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as eddy from 'rx-eddy';
import { version as workerdVersion } from 'workerd';
import { bundle } from '../tools/bundle.mjs';
import { openChromium } from '../tools/chromium.mjs';
import { serve } from '../tools/serve.mjs';
import { flags, openWorkerd } from '../tools/workerd.mjs';
import { compare } from './bits/compare.mjs';
import { digest, runCases } from './bits/run.mjs';

const steps = Number(process.argv[2] ?? 10_000);
const here = fileURLToPath(new URL('.', import.meta.url));
const outdir = mkdtempSync(join(tmpdir(), 'eddy-bits-'));
const hosts = [];
const report = async (host, run) => {
  const result = await run();
  hosts.push({ host, ...result });
  console.log(`${result.all}  ${host}`);
};

const node = `node ${process.versions.node}`;
await report(node, async () => digest(await runCases(eddy, eddy.createModel, steps)));
const runtime = eddy.createBareRuntime(await eddy.loadKernels());
await report(`${node}, bare memory`, async () =>
  digest(await runCases(eddy, (spec) => eddy.createModelOn(runtime, spec), steps)),
);

const entry = (name) => ({ [name]: join(here, `bits/${name}.mjs`) });
await bundle({ host: 'workerd', entries: entry('worker'), outdir });
await bundle({ host: 'browser', entries: { ...entry('page'), ...entry('webWorker'), ...entry('worklet') }, outdir });

const workerd = await openWorkerd(outdir, { bits: { script: 'worker.js', flags: flags.plain } });
await report(`workerd ${workerdVersion}`, async () => (await workerd.fetch('bits', `/?steps=${steps}`)).json());
workerd.close();

const server = await serve(outdir);
const chromium = await openChromium();
const page = await chromium.newPage();
await page.goto(`${server.url}/page.html`);
await page.waitForFunction(() => 'bits' in window);
for (const [kind, name] of Object.entries({
  page: 'page',
  worker: 'web worker',
  worklet: 'audio worklet, bare memory',
})) {
  await report(`chromium ${chromium.version()} ${name}`, () =>
    page.evaluate(([which, count]) => window.bits[which](count), [kind, steps]),
  );
}
await chromium.close();
server.close();
rmSync(outdir, { recursive: true });

const differences = compare(hosts);
for (const line of differences) console.error(line);
console.log(
  `${hosts.length} hosts, ${hosts[0].cases.length} networks, ${steps} steps each: ${differences.length ? 'different' : 'the same'} bits`,
);
process.exitCode = differences.length ? 1 : 0;
