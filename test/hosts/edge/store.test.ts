import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EddyError } from 'rx-eddy/bare';
import { type CheckpointStore, encodeCheckpoint, type StoreOptions } from 'rx-eddy/checkpoint';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { bundle } from '../../../tools/bundle.mjs';
import { flags, openWorkerd } from '../../../tools/workerd.mjs';
import { checkpoint, describeStore } from '../../checkpoint/storeContract.js';

const installed = inject('installed');
const storage = mkdtempSync(join(tmpdir(), 'eddy-objects-'));
let workerd: Awaited<ReturnType<typeof openWorkerd>>;
let objects = 0;

beforeAll(async () => {
  const script = join(installed, 'store.worker.mjs');
  cpSync(fileURLToPath(new URL('store.worker.mjs', import.meta.url)), script);
  await bundle({ host: 'workerd', entries: { store: script }, outdir: join(installed, 'store') });
  workerd = await start();
});
afterAll(() => {
  workerd?.close();
  rmSync(storage, { recursive: true, force: true });
});

const start = () =>
  openWorkerd(join(installed, 'store'), {
    store: { script: 'store.js', flags: flags.plain, objects: { KEEPERS: 'Keeper' }, storage },
  });

const ask = (object: string, query: Record<string, string | number>, body?: Uint8Array<ArrayBuffer>) => {
  const parameters = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, `${value}`]));
  return workerd.fetch('store', `/${object}?${parameters}`, { method: 'POST', ...(body && { body }) });
};

/** The store of an object in workerd; what fails there fails here. */
function remoteStore(object: string, options: StoreOptions = {}): CheckpointStore & { written: () => number } {
  let written = 0;
  const call = async (act: string, key: string, epoch = 0, body?: Uint8Array) => {
    const response = await ask(object, { act, key, epoch, ...options }, body && new Uint8Array(body));
    if (!response.ok) {
      const { code, message } = await response.json();
      throw new EddyError(code, message);
    }
    written = Number(response.headers.get('written'));
    return response;
  };
  return {
    async load(key) {
      const { headers, ...response } = await call('load', key).then(async (found) => ({
        headers: found.headers,
        bytes: new Uint8Array(await found.arrayBuffer()),
      }));
      if (headers.get('epoch') === 'undefined') return undefined;
      return { epoch: Number(headers.get('epoch')), warnings: JSON.parse(headers.get('warnings') ?? ''), ...response };
    },
    save: async (key, epoch, bytes) => void (await call('save', key, epoch, bytes)),
    remove: async (key) => void (await call('remove', key)),
    written: () => written,
  };
}

describeStore('Durable Object', async (options) => {
  const object = `object-${objects++}`;
  // A wrong option fails where the store is made, in the object.
  if (options) await remoteStore(object, options).remove('a');
  return [remoteStore(object, options), remoteStore(object, options)];
});

describe('in workerd, a Durable Object store', () => {
  const big = (epoch: number, numbers: number) =>
    encodeCheckpoint({
      epoch,
      offset: epoch,
      definition: null,
      weights: {},
      state: { numbers: Float64Array.from({ length: numbers }, (_, i) => i * epoch) },
    });

  it('shards what is larger than a row may be', async () => {
    const store = remoteStore('big');
    const file = big(2, 650_000);
    expect(file.byteLength).toBeGreaterThan(5e6);
    await store.save('a', 1, checkpoint(1));
    await store.save('a', 2, file);
    expect(store.written()).toBe(5);
    const found = await store.load('a');
    expect(found?.warnings).toEqual([]);
    expect(Buffer.compare(found?.bytes ?? new Uint8Array(), file)).toBe(0);
    // workerd holds nobody to the 2 MB that a row may have on Cloudflare.
    const size = 'SELECT max(length(bytes)) + 1000 AS bytes FROM eddy_checkpoints';
    const [{ bytes }] = await (await ask('big', { act: 'rows', key: size })).json();
    expect(bytes).toBeLessThan(2e6);
  });

  it('leaves no part of a larger checkpoint behind, whatever number is kept', async () => {
    const sizes = [400_000, 10, 300_000, 200_000, 10, 10, 400_000, 10];
    const kept = [2, 2, 3, 2, 1, 3, 1, 2];
    for (const [i, numbers] of sizes.entries()) {
      const store = remoteStore('shrinking', { generations: kept[i] });
      await store.save('a', i + 1, big(i + 1, numbers));
      expect(await store.load('a')).toMatchObject({ epoch: i + 1, warnings: [] });
      const rows = await ask('shrinking', {
        act: 'rows',
        key: 'SELECT epoch, count(*) AS parts FROM eddy_checkpoints GROUP BY epoch ORDER BY epoch',
      });
      const partsOf = (at: number) => Math.ceil(big(at + 1, sizes[at]).byteLength / 2 ** 20);
      for (const { epoch, parts } of await rows.json()) expect(parts).toBe(partsOf(epoch - 1));
    }
  });

  it('writes one row a save, and nothing at all before the first', async () => {
    const store = remoteStore('thrifty', { generations: 2 });
    const before = await (await ask('thrifty', { act: 'size', key: '' })).json();
    expect(await store.load('a')).toBeUndefined();
    await store.remove('a');
    expect(store.written()).toBe(0);
    expect(await (await ask('thrifty', { act: 'size', key: '' })).json()).toBe(before);
    await store.save('a', 1, checkpoint(1));
    for (let epoch = 2; epoch < 9; epoch++) {
      await store.save('a', epoch, checkpoint(epoch));
      expect(store.written()).toBe(1);
    }
  });

  it('has every acknowledged save after kill -9', async () => {
    const store = remoteStore('killed');
    for (let epoch = 1; epoch <= 12; epoch++) {
      await store.save('a', epoch, checkpoint(epoch));
      if (epoch % 4 > 0) continue;
      await workerd.kill();
      workerd = await start();
      expect((await store.load('a'))?.epoch).toBe(epoch);
    }
  });
});
