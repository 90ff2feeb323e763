import 'fake-indexeddb/auto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { StoreOptions } from '../../src/checkpoint/store.js';
import { fileStore } from '../../src/checkpoint/stores/file.js';
import { indexedDbStore } from '../../src/checkpoint/stores/indexedDb.js';
import { memoryStore } from '../../src/checkpoint/stores/memory.js';
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
  IndexedDB: async (options?: StoreOptions) => {
    const database = `eddy-${databases++}`;
    return [await indexedDbStore({ ...options, database }), await indexedDbStore({ ...options, database })];
  },
};

for (const [name, open] of Object.entries(kinds)) describeStore(name, open);
