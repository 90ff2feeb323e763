import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { createLearner, createModel, dense, type LearnStep } from '../../../src/index.js';
import { checkLearnerOptions } from '../../../src/learner/options.js';
import { createTape } from '../../../src/learner/tape.js';
import { Update } from '../../../src/runtime/kernels.generated.js';
import { writeRecord } from '../../../src/runtime/record.js';
import { forms, normals, open, options, refused, table } from './forms.js';

describe.each(forms)('%s', (_, layer) => {
  it('a restored snapshot goes on bit for bit, of a state and of a learner', async () => {
    using model = await open(layer(5));
    using state = model.openState();
    const xs = table(60, 3);
    const steps = (part: number[][]) => part.map((x) => [...model.step(x, state)]);
    steps(xs.slice(0, 20));
    const kept = state.snapshot();
    const after = steps(xs.slice(20));
    state.restore(kept);
    expect(steps(xs.slice(20))).toEqual(after);

    using learner = createLearner(model, options);
    const learn = (part: number[][]) => part.map((x) => structuredClone(learner.step(x, normals(5).fill(x[0]))));
    learn(xs.slice(0, 23));
    const snapshot = learner.snapshot();
    const learned = learn(xs.slice(23));
    learner.restore(snapshot);
    expect(learn(xs.slice(23))).toEqual(learned);
  });

  it('a non-finite sample leaves everything as it was', async () => {
    using model = await open(layer(5));
    using state = model.openState();
    using learner = createLearner(model, options);
    for (const x of table(7, 3)) {
      model.step(x, state);
      learner.step(x, normals(5));
    }
    const [before, kept] = [state.snapshot(), learner.snapshot()];
    for (const bad of [Number.NaN, Infinity, -Infinity, 1e39]) {
      expect(() => model.step([1, bad, 1], state)).toThrowError(refused('invalid-sample'));
      expect(() => learner.step([1, bad, 1], normals(5))).toThrowError(refused('invalid-sample'));
      if (!Number.isNaN(bad))
        expect(() => learner.step([1, 1, 1], [bad, 0, 0, 0, 0])).toThrowError(refused('invalid-sample'));
    }
    expect(state.snapshot()).toEqual(before);
    expect(learner.snapshot()).toEqual(kept);
  });

  it('equal seeds give equal bits, other seeds others', async () => {
    const xs = table(50, 3);
    const run = async (seed: number) => {
      using model = await open(layer(8), seed);
      using learner = createLearner(model, options);
      return { steps: xs.map((x) => [...learner.step(x, xs[0].concat(x, [1, 1])).output]), weights: model.weights() };
    };
    const first = await run(9);
    expect(await run(9)).toEqual(first);
    expect((await run(10)).weights).not.toEqual(first.weights);
  });

  it('10,000 steps allocate nothing', async () => {
    setFlagsFromString('--expose-gc');
    const collect: () => void = runInNewContext('gc');
    using model = await open(layer(8));
    using state = model.openState();
    using learner = createLearner(model, { ...options, k1: 1, k2: 2 });
    const [x, y, out] = [new Float32Array(3).fill(0.5), new Float32Array(8), new Float32Array(8)];
    const result: LearnStep = learner.step(x, y);
    const { heap } = model.runtime;
    const predict = () => model.step(x, state, out);
    const learn = () => learner.step(x, y, result);
    for (const [run, bytesEach] of [
      [predict, 64],
      [learn, 1000],
    ] as const) {
      for (let t = 0; t < 3000; t++) run();
      const inUse = heap.bytesInUse;
      // Without a collection in between, the growth is what was allocated, after one what is kept; here and by whatever else the
      // process did (compiling, reporting). What the steps themselves keep they keep in every round: the least of many tells.
      let allocated = Number.POSITIVE_INFINITY;
      let kept = Number.POSITIVE_INFINITY;
      for (let round = 0; round < 20 && (allocated > bytesEach * 10_000 || kept > 10_000); round++) {
        collect();
        const before = process.memoryUsage().heapUsed;
        for (let t = 0; t < 10_000; t++) run();
        allocated = Math.min(allocated, process.memoryUsage().heapUsed - before);
        collect();
        kept = Math.min(kept, process.memoryUsage().heapUsed - before);
      }
      expect(allocated / 10_000).toBeLessThan(bytesEach);
      expect(kept).toBeLessThan(10_000); // less than a byte a step
      expect(heap.bytesInUse).toBe(inUse);
    }
  });

  it('a step after dispose is refused, disposing twice is quiet, and all memory comes back', async () => {
    using first = await open(layer(5));
    const { heap } = first.runtime;
    const inUse = heap.bytesInUse;
    const model = await open(layer(5));
    const state = model.openState(3);
    const other = model.openState();
    const learner = createLearner(model, options);
    learner.dispose();
    learner.dispose();
    expect(() => learner.step([1, 2, 3])).toThrowError(refused('disposed'));
    expect(() => learner.label(1, [1, 2, 3, 4, 5])).toThrowError(refused('disposed'));
    state.dispose();
    state.dispose();
    expect(() => model.step(new Float32Array(9), state)).toThrowError(refused('disposed'));
    expect(() => state.snapshot()).toThrowError(refused('disposed'));
    model.dispose();
    model.dispose();
    expect(() => model.step([1, 2, 3], other)).toThrowError(refused('disposed'));
    expect(() => createLearner(model, options)).toThrowError(refused('disposed'));
    other.dispose();
    expect(heap.bytesInUse).toBe(inUse);
  });

  it.each([1, 3, 5, 33])(
    '%i units: the padding of parameters, gradients, moments and states stays 0',
    async (units) => {
      using model = await createModel({ input: 3, layers: [layer(units), layer(units)], output: dense(3) });
      const tape = createTape(model, 1, checkLearnerOptions('test', { ...options, k1: 1, k2: 4 }));
      const { heap, kernels } = model.runtime;
      const { memory } = { memory: heap.f32 };
      const own = new Set(model.block.parameters.flatMap(({ places }) => [...places]));
      const padding = Array.from({ length: model.block.floats }, (_, k) => k).filter((k) => !own.has(k));
      for (let t = 0; t < 8; t++) {
        memory.set(normals(3), (tape.x >> 2) + 3 * t);
        memory.set(normals(3), (tape.target >> 2) + 4 * t);
        kernels.learnerStream(tape.learner, t);
        writeRecord(heap, Update, tape.update, { rate: 0.1, base: 0.1, d: 1 });
        expect(kernels.learnerUpdate(tape.learner, Math.max(0, t - 3), Math.min(4, t + 1), 1)).toBeGreaterThan(0);
      }
      for (const block of [model.address, tape.gradients, ...tape.moments])
        expect(padding.filter((k) => memory[(block >> 2) + k] !== 0)).toEqual([]);
      for (const { padded, address } of tape.start) {
        for (let slot = 0; slot <= 8; slot++) {
          const from = (address >> 2) + slot * padded;
          expect([...memory.slice(from + units, from + padded)]).toEqual(new Array(padded - units).fill(0));
        }
      }
      tape.arena.dispose();
    },
  );
});
