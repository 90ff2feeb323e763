// A stream that keeps its checkpoints in IndexedDB, sample after sample: each line says its index and its output's bits.
import { adam, createModel, dense, gru, mse } from 'rx-eddy';
import { encodeCheckpoint, indexedDbStore, memoryStore } from 'rx-eddy/checkpoint';
import { checkpoint } from 'rx-eddy/operators';
import { learnStage } from 'rx-eddy/operators/networks/learn';
import { concatMap, delay, from, of } from 'rxjs';

const kept = new URLSearchParams(location.search).has('kept');
const samples = Array.from({ length: 300 }, (_, t) => Math.fround(((t * 37) % 64) / 32 - 1));
const model = await createModel({ input: 1, layers: [gru(8)], output: dense(1), seed: 1 });
const open = learnStage(model, {
  horizon: 1,
  target: (s) => s,
  k1: 1,
  k2: 8,
  loss: mse,
  optimizer: adam(0.01),
});
const onRestore = (offset, warnings) => console.log(JSON.stringify({ offset, warnings }));
const keep = checkpoint(kept ? await indexedDbStore() : memoryStore(), { key: 'a', every: 25, model, onRestore });
const source = kept ? from(samples).pipe(concatMap((sample) => of(sample).pipe(delay(2)))) : from(samples);
source.pipe(keep(open)).subscribe({
  next: ({ index, output }) => console.log(JSON.stringify({ index, bits: new Uint32Array(output.slice().buffer)[0] })),
  error: (error) => console.error(String(error)),
  complete: async () => {
    // Two tabs that go on from one checkpoint: one is refused.
    const stores = [await indexedDbStore(), await indexedDbStore()];
    const file = encodeCheckpoint({ epoch: 1, offset: 1, definition: null, weights: {}, state: {} });
    const saves = await Promise.allSettled(stores.map((store) => store.save('race', 1, file)));
    await stores[0].remove('race');
    console.log(JSON.stringify({ end: saves.map(({ reason }) => reason?.code ?? 'saved').sort() }));
  },
});
