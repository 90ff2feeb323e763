import 'fake-indexeddb/auto';
import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { StoreOptions } from '../../src/checkpoint/store.js';
import { fileStore } from '../../src/checkpoint/stores/file/index.js';
import { indexedDbStore } from '../../src/checkpoint/stores/indexedDb/index.js';
import { memoryStore } from '../../src/checkpoint/stores/memory/index.js';
import { describeStore } from './storeContract.js';

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));
let databases = 0;

/** Memory has one place only. */
const kinds = {
  memory: async (options?: StoreOptions) => {
    const store = memoryStore(options);
    return [store, store];
  },
  file: async (options?: StoreOptions) => {
    const folder = await mkdtemp(join(tmpdir(), 'eddy-'));
    folders.push(folder);
    return [fileStore(folder, options), fileStore(folder, options)];
  },
  indexedDb: async (options?: StoreOptions) => {
    const database = `eddy-${databases++}`;
    return [await indexedDbStore({ ...options, database }), await indexedDbStore({ ...options, database })];
  },
};

for (const [name, open] of Object.entries(kinds)) describeStore(name, open);

/** Why a store is not opened here; where the contract meets it. */
const elsewhere: Record<string, string> = { durableObject: 'it runs in workerd only: test/hosts/edge/store.test.ts' };

it('every folder under src/checkpoint/stores meets the contract, here or elsewhere', () => {
  const folders = readdirSync(new URL('../../src/checkpoint/stores', import.meta.url), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  expect([...Object.keys(kinds), ...Object.keys(elsewhere)].sort()).toEqual(folders.sort());
});
