import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, it } from 'vitest';
import { buildWorker } from '../../../demos/edge-worker/scripts/build.mjs';

const run = promisify(execFile);
const place = mkdtempSync(join(tmpdir(), 'eddy-deploy-'));
afterAll(() => rmSync(place, { recursive: true }));

it('wrangler takes the worker as it is built, with its modules and its objects', { timeout: 120_000 }, async () => {
  const built = 'build/edge/worker';
  rmSync(built, { recursive: true, force: true });
  await buildWorker(built);
  const files = readdirSync(built);
  expect(files.sort()).toEqual(['eddy.wasm', 'fleet.html', 'worker.js']);
  const wrangler = join(createRequire(import.meta.url).resolve('wrangler/package.json'), '../bin/wrangler.js');
  const outdir = join(place, 'deployed');
  const config = 'demos/edge-worker/wrangler.jsonc';
  const dry = ['deploy', '--dry-run', '--outdir', outdir, '--config', config];
  const env = { ...process.env, WRANGLER_SEND_METRICS: 'false', CI: 'true', HOME: place, XDG_CONFIG_HOME: place };
  const { stdout, stderr } = await run(process.execPath, [wrangler, ...dry], { env });
  expect(stderr).not.toMatch(/WARNING|ERROR/);
  for (const part of ['env.SENSORS (Sensor)', 'env.FLEET (Fleet)', 'env.FRAMES_PER_SECOND'])
    expect(stdout).toContain(part);

  for (const file of files) expect(readFileSync(join(outdir, file))).toEqual(readFileSync(join(built, file)));
});
