import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildWorker } from '../../../demos/edge-worker/scripts/build.mjs';
import { edgeKills } from '../../../demos/edge-worker/scripts/edgeKills.js';
import { measureMemory } from '../../../demos/edge-worker/scripts/measureMemory.js';

const place = mkdtempSync(join(tmpdir(), 'eddy-load-'));
const folder = join(place, 'worker');

beforeAll(() => buildWorker(folder).then(() => undefined));
afterAll(() => rmSync(place, { recursive: true, force: true }));

it('kill -9 at 20 random moments under load: nothing acknowledged is lost, nothing learned twice', {
  timeout: 400_000,
}, async () => {
  const { samples, ...result } = await edgeKills({ folder, storage: place, kills: 20, seed: 7 });
  expect(result).toMatchObject({ kills: 20, lost: 0, otherAnswers: 0, otherBits: 0 });
  expect(samples).toBeGreaterThan(1_000);
});

it('a thousand objects of one isolate take at most 64 MB together', { timeout: 400_000 }, async () => {
  const { one, least } = await measureMemory({ folder, objects: 1_000 });
  expect(least.script + least.beside).toBeLessThanOrEqual(64e6);
  expect(least.beside).toBeGreaterThan(one.beside);
});
