import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { learnerBytes, modelBytes, stateBytes } from '../../bench/memory.mjs';
import { adam, createLearner, createModel, dense, gru, lstm, mse, rnn, sgd } from '../../src/index.js';

const open = { gru: (n: number) => gru(n), lstm: (n: number) => lstm(n), rnn: (n: number) => rnn(n) };

interface Layer {
  cell: 'gru' | 'lstm' | 'rnn';
  units: number;
}

const networks: { input: number; layers: Layer[]; outputs: number }[] = [
  { input: 1, layers: [{ cell: 'lstm', units: 32 }], outputs: 1 },
  { input: 4, layers: [{ cell: 'lstm', units: 20 }], outputs: 1 },
  { input: 3, layers: [{ cell: 'gru', units: 64 }], outputs: 5 },
  { input: 300, layers: [{ cell: 'rnn', units: 7 }], outputs: 2 },
  {
    input: 2,
    layers: [
      { cell: 'lstm', units: 128 },
      { cell: 'gru', units: 33 },
      { cell: 'rnn', units: 256 },
    ],
    outputs: 9,
  },
];

describe('the memory of a network', () => {
  it.each(networks)('is what docs/performance.md says: $input, $layers, $outputs', async (network) => {
    const { input, layers, outputs } = network;
    const { heap } = (await createModel({ input: 1, layers: [rnn(1)] })).runtime;
    const taken = <T>(make: () => T): [T, number] => {
      const before = heap.bytesInUse;
      const made = make();
      return [made, heap.bytesInUse - before];
    };
    const before = heap.bytesInUse;
    const spec = { input, layers: layers.map(({ cell, units }) => open[cell](units)), output: dense(outputs) };
    const model = await createModel(spec);
    expect(heap.bytesInUse - before).toBe(modelBytes(network));
    for (const rows of [1, 5]) {
      const [state, bytes] = taken(() => model.openState(rows));
      expect(bytes).toBe(stateBytes(network, rows));
      for (const [k1, k2] of [
        [1, 8],
        [32, 32],
      ] as const) {
        const [first, most] = taken(() => createLearner(model, { k1, k2, loss: mse, optimizer: adam(0.1), state }));
        expect(most).toBe(learnerBytes(network, { rows, k1, k2 }));
        const options = { k1, k2, maxLag: 3, loss: mse, optimizer: sgd(0.1), state };
        const [second, least] = taken(() => createLearner(model, options));
        expect(least).toBe(learnerBytes(network, { rows, k1, k2, maxLag: 3, moments: 0 }));
        first.dispose();
        second.dispose();
      }
      state.dispose();
    }
    model.dispose();
    expect(heap.bytesInUse).toBe(before);
  });

  it('is written in docs/performance.md as it is tested', () => {
    const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
    const page = read('../../docs/performance.md');
    const [, formulas = ''] = /(\/\*\* By cell[\s\S]*)/.exec(read('../../bench/memory.mjs')) ?? [];
    for (const part of formulas.split('\nconst pad')) expect(page).toContain(part.trim());
  });
});
