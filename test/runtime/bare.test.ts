import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  adam,
  createBareRuntime,
  createLearner,
  createModel,
  createModelOn,
  dense,
  EddyError,
  gru,
  loadKernels,
  lstm,
  mse,
} from '../../src/index.js';
import { createFreeList } from '../../src/runtime/freeList.js';

const spec = { input: 2, layers: [lstm(9), gru(6)], output: dense(2), seed: 3 };
const kernels = await loadKernels();

describe('a runtime over bare memory', () => {
  it('predicts and learns as the one on the heap of tfjs, bit for bit', async () => {
    const models = [await createModel(spec), createModelOn(createBareRuntime(kernels), spec)];
    const [onTfjs, bare] = models.map((model) => {
      const learner = createLearner(model, { k1: 2, k2: 7, loss: mse, optimizer: adam(0.01), clipNorm: 1 });
      const steps = Array.from({ length: 200 }, (_, t) => learner.step([t % 3, (t % 7) / 7], [(t % 5) / 5, 1]));
      return { steps, weights: model.weights() };
    });
    expect(bare).toEqual(onTfjs);
  });

  it('grows under models that are open, whose numbers stay', () => {
    const runtime = createBareRuntime(kernels);
    const model = createModelOn(runtime, spec);
    const state = model.openState();
    const before = { weights: model.weights(), y: model.step([1, 2], state) };
    const bytes = runtime.heap.f32.buffer.byteLength;
    const large = model.openState(20_000);
    expect(runtime.heap.f32.buffer.byteLength).toBeGreaterThan(bytes);
    state.reset();
    expect({ weights: model.weights(), y: model.step([1, 2], state) }).toEqual(before);
    large.dispose();
  });

  it('takes back all it gave', () => {
    const runtime = createBareRuntime(kernels);
    const open = () => {
      const model = createModelOn(runtime, spec);
      const learner = createLearner(model, { k1: 1, k2: 64, loss: mse, optimizer: adam(0.01) });
      learner.step([0, 0], [0, 0]);
      learner.dispose();
      model.dispose();
    };
    open();
    const bytes = runtime.heap.f32.buffer.byteLength;
    for (let k = 0; k < 100; k++) open();
    expect(runtime.heap.bytesInUse).toBe(0);
    expect(runtime.heap.f32.buffer.byteLength).toBe(bytes);
  });

  it('says how much it wanted and has where there is no more', () => {
    const { heap } = createBareRuntime(kernels);
    const used = heap.bytesInUse;
    for (const bytes of [2 ** 31, 2 ** 31 - 32, 2 ** 40]) {
      expect(() => heap.allocate(bytes)).toThrow(expect.objectContaining({ code: 'out-of-memory' }));
    }
    expect(() => heap.allocate(2 ** 40)).toThrow(EddyError);
    expect(heap.bytesInUse).toBe(used);
    expect(heap.allocate(64)).toBeGreaterThan(0);
  });
});

describe('the free list', () => {
  const action = fc.oneof(
    fc.record({ take: fc.oneof(fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 0, max: 200_000 })) }),
    fc.record({ give: fc.nat() }),
  );

  it('gives blocks that start at multiples of 64, lie within the memory and do not overlap, and joins them again', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
        const memory = new WebAssembly.Memory({ initial: 1 });
        let growths = 0;
        const { take, give } = createFreeList(memory, () => growths++);
        const blocks: { at: number; end: number }[] = [];
        for (const act of actions) {
          if ('take' in act) {
            const at = take(act.take);
            const end = at + act.take;
            expect(at).toBeGreaterThan(0);
            expect(at % 64).toBe(0);
            expect(end).toBeLessThanOrEqual(memory.buffer.byteLength);
            for (const other of blocks) expect(end <= other.at || at >= other.end || end === at).toBe(true);
            blocks.push({ at, end });
          } else if (blocks.length > 0) {
            for (const { at } of blocks.splice(act.give % blocks.length, 1)) give(at);
          }
        }
        expect(new Set(blocks.map(({ at }) => at)).size).toBe(blocks.length);
        for (const { at } of blocks) give(at);
        const before = growths;
        expect(take(memory.buffer.byteLength - 64)).toBe(64);
        expect(growths).toBe(before);
      }),
    );
  });

  it('does nothing on an address that is no block', () => {
    const { take, give } = createFreeList(new WebAssembly.Memory({ initial: 1 }), () => {});
    const at = take(64);
    give(at + 64);
    give(at);
    give(at);
    expect(take(64)).toBe(at);
    expect(take(64)).not.toBe(at);
  });

  it('has none where the memory may not grow', () => {
    const { take } = createFreeList(new WebAssembly.Memory({ initial: 1, maximum: 1 }), () => {});
    expect(take(65536)).toBe(0);
    expect(take(65536 - 64)).toBe(64);
  });
});
