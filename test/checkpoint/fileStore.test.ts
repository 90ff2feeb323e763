import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { decodeCheckpoint, encodeCheckpoint } from '../../src/checkpoint/checkpoint.js';
import { fileStore } from '../../src/checkpoint/stores/file/index.js';
import { EddyError } from '../../src/core/errors.js';
import { createRandom } from '../../src/core/random.js';
import { CrashingDisk, type Fault } from './crashingDisk.js';

const checkpoint = (epoch: number, state = {}) =>
  encodeCheckpoint({ epoch, offset: 1000 * epoch, definition: null, weights: {}, state });

/** A disk that holds so many checkpoints of key `a`. */
async function diskWith(epochs: number, generations: number) {
  const disk = new CrashingDisk();
  const store = fileStore('/folder', { generations, fileSystem: disk });
  for (let epoch = 1; epoch <= epochs; epoch++) await store.save('a', epoch, checkpoint(epoch));
  disk.calls = 0;
  return { disk, store };
}

const offsetAt = async (disk: CrashingDisk) => {
  const stored = await fileStore('/folder', { fileSystem: disk }).load('a');
  return stored && decodeCheckpoint(stored.bytes).offset;
};

describe.each([1, 2, 3])('a save that is the fourth of a key, %d of which are kept,', (generations) => {
  test('leaves the old or the new checkpoint readable wherever the power goes, and the next save works', async () => {
    const { disk: whole, store } = await diskWith(3, generations);
    await store.save('a', 4, checkpoint(4));
    const calls = whole.calls;
    expect(calls).toBeGreaterThanOrEqual(9);
    let disks = 0;
    for (let at = 1; at <= calls + 1; at++) {
      const { disk, store } = await diskWith(3, generations);
      disk.fault = { at, kind: 'power cut' };
      const saved = await store.save('a', 4, checkpoint(4)).then(
        () => true,
        () => false,
      );
      for (const after of disk.afterPowerCut()) {
        disks++;
        const found = await offsetAt(after);
        expect([3000, 4000]).toContain(found);
        // Once the promise is fulfilled the new one is safe.
        if (saved) expect(found).toBe(4000);
        const next = (found ?? 0) / 1000 + 1;
        await fileStore('/folder', { generations, fileSystem: after }).save(
          'a',
          next,
          checkpoint(next, { again: true }),
        );
        expect(await offsetAt(after)).toBe(1000 * next);
        expect(after.list().filter((name) => name.includes('tmp'))).toEqual([]);
      }
    }
    expect(disks).toBeGreaterThan(60);
  });

  test.each(['ENOSPC', 'EIO'] as const)(
    'fails typed at any call that gives %s, and a later one works',
    async (kind) => {
      for (let at = 1; ; at++) {
        const { disk, store } = await diskWith(3, generations);
        const fault: Fault = { at, kind };
        disk.fault = fault;
        const error: unknown = await store.save('a', 4, checkpoint(4)).then(
          () => undefined,
          (reason) => reason,
        );
        if (disk.calls < at) break;
        if (error !== undefined) {
          expect(error).toBeInstanceOf(EddyError);
          expect(error).toMatchObject({ code: 'host', cause: { code: kind } });
        }
        expect(disk.openFiles).toBe(0);
        disk.fault = undefined;
        const found = await offsetAt(disk);
        expect(error === undefined ? [4000] : [3000, 4000]).toContain(found);
        const next = (found ?? 0) / 1000 + 1;
        await store.save('a', next, checkpoint(next));
        expect(await offsetAt(disk)).toBe(1000 * next);
      }
    },
  );

  test('goes on after short writes', async () => {
    const { disk, store } = await diskWith(3, generations);
    disk.fault = { at: 1, kind: 'short write' };
    await store.save('a', 4, checkpoint(4));
    expect(await offsetAt(disk)).toBe(4000);
  });

  test('leaves the old one where the disk fills up in the middle of a file, wherever that is', async () => {
    for (let at = 1; ; at++) {
      const { disk, store } = await diskWith(3, generations);
      disk.fault = { at, kind: 'full' };
      const error: unknown = await store.save('a', 4, checkpoint(4)).then(
        () => undefined,
        (reason) => reason,
      );
      if (error === undefined) break;
      expect(error).toMatchObject({ code: 'host', cause: { code: 'ENOSPC' } });
      disk.fault = undefined;
      expect(await offsetAt(disk)).toBe(3000);
      expect(disk.list().filter((name) => name.includes('tmp'))).toEqual([]);
      await store.save('a', 4, checkpoint(4));
    }
  });

  test('keeps exactly its generations', async () => {
    const { disk } = await diskWith(5, generations);
    const kept = [5, 4, 3].slice(0, generations).map((epoch) => `a@${epoch}`);
    expect(disk.list()).toEqual(['a', ...kept.sort()]);
  });
});

test('a life of power cuts, each after any call, loses nothing that was saved and never goes back', async () => {
  const random = createRandom(5);
  const pick = (n: number) => Math.floor(n * random.uniform());
  let disk = new CrashingDisk();
  let saved = 0;
  let cuts = 0;
  for (let life = 0; life < 400; life++) {
    const store = fileStore('/folder', { generations: 1 + pick(3), fileSystem: disk });
    const found = (await offsetAt(disk)) ?? 0;
    expect(found).toBeGreaterThanOrEqual(saved);
    saved = found;
    let tried = found / 1000;
    // Either falls into one of the first saves, or into the cleaning up after them.
    disk.fault = { at: disk.calls + 1 + pick(60), kind: 'power cut' };
    try {
      for (;;) {
        await store.save('a', ++tried, checkpoint(tried));
        saved = 1000 * tried;
      }
    } catch {
      cuts++;
    }
    const after = disk.afterPowerCut();
    disk = after[pick(after.length)];
    expect([saved, 1000 * tried]).toContain(await offsetAt(disk).then((offset) => offset ?? 0));
  }
  expect(cuts).toBe(400);
  expect(saved).toBeGreaterThan(400_000);
});

describe('a file store', () => {
  test('goes back to the checkpoint before a damaged newest, says so, and takes the next save', async () => {
    const { disk, store } = await diskWith(3, 2);
    disk.damage('a');
    const found = await store.load('a');
    expect(found?.epoch).toBe(2);
    expect(found?.warnings.join('\n')).toMatch(/folder.a cannot be read \(checkpoint: the file is damaged/);
    await store.save('a', 3, checkpoint(3, { second: 'try' }));
    expect((await store.load('a'))?.warnings).toEqual([]);
    expect(decodeCheckpoint((await store.load('a'))?.bytes ?? new Uint8Array()).state).toEqual({ second: 'try' });
  });

  test('fails when all are damaged, and does not start from the beginning', async () => {
    const { disk, store } = await diskWith(3, 2);
    disk.damage('a');
    disk.damage('a@2');
    await expect(store.load('a')).rejects.toMatchObject({ code: 'invalid-file' });
    await expect(store.save('a', 1, checkpoint(1))).rejects.toMatchObject({ code: 'invalid-file' });
    await store.remove('a');
    expect(disk.list()).toEqual([]);
    await store.save('a', 1, checkpoint(1));
  });

  test('finishes a save that was cut off after its link, though the name still shows the one before', async () => {
    const { disk, store } = await diskWith(1, 2);
    const calls: string[] = [];
    const watched = new Proxy(disk, {
      get: (target, name, receiver) => {
        calls.push(String(name));
        return Reflect.get(target, name, receiver);
      },
    });
    await fileStore('/folder', { fileSystem: watched }).save('a', 2, checkpoint(2));
    expect(calls.filter((name) => ['link', 'rename'].includes(name))).toEqual(['link', 'rename']);
    // Put the old file back under the name, as if the rename had not happened.
    await disk.unlink('a');
    await disk.link('a@1', 'a');
    const found = await store.load('a');
    expect(found?.epoch).toBe(2);
    expect(found?.warnings.join()).toMatch(/cut off/);
  });

  test('writes two names for one file where the file system has no links, too', async () => {
    const disk = new CrashingDisk();
    disk.link = () => Promise.reject(Object.assign(new Error('no links here'), { code: 'ENOTSUP' }));
    const store = fileStore('/folder', { fileSystem: disk });
    for (let epoch = 1; epoch <= 3; epoch++) await store.save('a', epoch, checkpoint(epoch));
    expect(disk.list()).toEqual(['a', 'a@2', 'a@3']);
    disk.damage('a');
    expect((await store.load('a'))?.epoch).toBe(3);
  });

  test.each(['', '.', '..', 'a/b', 'a@1', 'a\\b', 'a\0'])('refuses the file name %j', async (name) => {
    const store = fileStore('/folder', { fileName: () => name, fileSystem: new CrashingDisk() });
    await expect(store.load('a')).rejects.toMatchObject({ code: 'invalid-option' });
  });
});

describe('a file store on the real file system', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'eddy-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('makes its folder, and goes on from a single file that was copied there', async () => {
    const store = fileStore(join(folder, 'new', 'deep'));
    expect(await store.load('a b/ü')).toBeUndefined();
    await store.save('a b/ü', 1, checkpoint(1));
    expect(await readdir(join(folder, 'new', 'deep'))).toEqual(['a%20b%2F%C3%BC', 'a%20b%2F%C3%BC@1']);

    await writeFile(join(folder, 'copied.eddy'), checkpoint(41));
    const named = fileStore(folder, { fileName: (key) => `${key}.eddy` });
    expect((await named.load('copied'))?.epoch).toBe(41);
    await named.save('copied', 42, checkpoint(42));
    expect(decodeCheckpoint(await readFile(join(folder, 'copied.eddy'))).epoch).toBe(42);
  });

  test('goes back to an older file that someone put in the newest one’s place', async () => {
    const store = fileStore(folder);
    for (let epoch = 1; epoch <= 9; epoch++) await store.save('a', epoch, checkpoint(epoch));
    await rm(join(folder, 'a'));
    await writeFile(join(folder, 'a'), checkpoint(3));
    expect((await store.load('a'))?.epoch).toBe(3);
    await store.save('a', 4, checkpoint(4));
    expect((await readdir(folder)).sort()).toEqual(['a', 'a@4']);
  });
});
