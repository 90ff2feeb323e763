// JS heap: what a sample leaves to the garbage collector, by sampling the allocations of a million steps (V8's heap profiler, with what is
// collected again counted in).
import { Session } from 'node:inspector/promises';
import { createLearner } from '../dist/src/index.js';
import { createModelOn, learning, samples } from './eddyOptions.mjs';

async function bytesIn(body) {
  const session = new Session();
  session.connect();
  await session.post('HeapProfiler.startSampling', {
    samplingInterval: 1024,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  });
  body();
  const { profile } = await session.post('HeapProfiler.stopSampling');
  session.disconnect();
  return profile.samples.reduce((sum, { size }) => sum + size, 0);
}

export async function jsHeap({ quick }) {
  const count = quick ? 20_000 : 1_000_000;
  const model = await createModelOn(8);
  const learned = await createModelOn(8);
  const state = model.openState();
  const learner = createLearner(learned, learning());
  const out = new Float32Array(1);
  let step;
  const bodies = {
    'an empty loop': () => {
      for (let k = 0; k < count; k++) out[0] = samples[k & 1023][0];
    },
    'model.step into out': () => {
      for (let k = 0; k < count; k++) model.step(samples[k & 1023], state, out);
    },
    'model.step': () => {
      for (let k = 0; k < count; k++) model.step(samples[k & 1023], state);
    },
    'learner.step into the last step': () => {
      for (let k = 0; k < count; k++) step = learner.step(samples[k & 1023], samples[(k + 1) & 1023], step);
    },
  };
  const rows = [];
  for (const [config, body] of Object.entries(bodies)) {
    // Once before: what the engine allocates to compile it is no sample's.
    body();
    const bytes = (await bytesIn(body)) / count;
    rows.push({ workload: 'heap', config, contestant: 'eddy', unit: 'bytes a sample', min: bytes, median: bytes });
  }
  learner.dispose();
  state.dispose();
  return rows;
}
