import { describe, expect, test } from 'vitest';
import { decodeCheckpoint, encodeCheckpoint } from '../../src/checkpoint/checkpoint.js';
import type { CheckpointStore, StoreOptions } from '../../src/checkpoint/store.js';

/** A small checkpoint of an epoch. */
export const checkpoint = (epoch: number, state = {}) =>
  encodeCheckpoint({ epoch, offset: 10 * epoch, definition: null, weights: {}, state });

/**
 * What every store owes those who use it.
 * @param open two stores over one new place, as two writers have them
 */
export function describeStore(name: string, open: (options?: StoreOptions) => Promise<CheckpointStore[]>): void {
  describe(`a ${name} store`, () => {
    test('has nothing for a key that was never saved', async () => {
      const [store] = await open();
      expect(await store.load('a')).toBeUndefined();
      await store.remove('a');
    });

    test('gives the newest back, for each key its own', async () => {
      const [store, other] = await open();
      for (let epoch = 1; epoch <= 5; epoch++) await store.save('a', epoch, checkpoint(epoch));
      await store.save('a@1', 1, checkpoint(1, { of: 'a@1' }));
      const { bytes, ...about } = (await other.load('a')) ?? { bytes: new Uint8Array() };
      expect(about).toEqual({ epoch: 5, warnings: [] });
      expect(decodeCheckpoint(bytes).offset).toBe(50);
      expect(decodeCheckpoint((await store.load('a@1'))?.bytes ?? bytes).state).toEqual({ of: 'a@1' });
      await store.remove('a');
      expect(await other.load('a')).toBeUndefined();
      expect((await store.load('a@1'))?.epoch).toBe(1);
    });

    test('takes epoch n + 1 after epoch n and no other', async () => {
      const [store] = await open();
      const refused = { code: 'invalid-state' };
      await expect(store.save('a', 2, checkpoint(2))).rejects.toMatchObject(refused);
      await store.save('a', 1, checkpoint(1));
      for (const epoch of [0, 1, 3])
        await expect(store.save('a', epoch, checkpoint(epoch))).rejects.toMatchObject(refused);
      await store.save('a', 2, checkpoint(2));
      expect((await store.load('a'))?.epoch).toBe(2);
    });

    test('lets one of many writers that went on from the same checkpoint win, and keeps what it wrote', async () => {
      const stores = await open();
      await stores[0].save('a', 1, checkpoint(1));
      const saves = Array.from({ length: 8 }, (_, i) => stores[i % 2].save('a', 2, checkpoint(2, { writer: i })));
      const results = await Promise.allSettled(saves);
      const won = results.flatMap(({ status }, i) => (status === 'fulfilled' ? [i] : []));
      expect(won).toHaveLength(1);
      for (const result of results) {
        if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'invalid-state' });
      }
      const found = await stores[1].load('a');
      expect(decodeCheckpoint(found?.bytes ?? new Uint8Array()).state).toEqual({ writer: won[0] });
      await stores[1].save('a', 3, checkpoint(3));
    });

    test('keeps a copy: bytes may change after the save, and after the load', async () => {
      const [store] = await open();
      const bytes = checkpoint(1);
      await store.save('a', 1, bytes);
      bytes.fill(0);
      (await store.load('a'))?.bytes.fill(0);
      expect((await store.load('a'))?.epoch).toBe(1);
    });

    test('goes back over a damaged newest, says so, and goes on from there', async () => {
      const [store, other] = await open({ generations: 3 });
      await store.save('a', 1, checkpoint(1));
      await store.save('a', 2, checkpoint(2).fill(7, 20, 30));
      const found = await other.load('a');
      expect(found).toMatchObject({
        epoch: 1,
        warnings: [expect.stringMatching(/cannot be read.*damaged/), ...(found?.warnings.slice(1) ?? [])],
      });
      await other.save('a', 2, checkpoint(2));
      expect(await store.load('a')).toMatchObject({ epoch: 2, warnings: [] });
    });

    test('refuses to start from the beginning when nothing can be read', async () => {
      const [store] = await open();
      await store.save('a', 1, checkpoint(1).fill(7, 20, 30));
      await expect(store.load('a')).rejects.toMatchObject({ code: 'invalid-file' });
    });

    test.each([0, -1, 1.5, Number.NaN])('refuses %d generations', async (generations) => {
      await expect(open({ generations })).rejects.toMatchObject({ code: 'invalid-option' });
    });
  });
}
