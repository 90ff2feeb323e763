// Audio: one sample at a time at 44,100 Hz. How many times real time, predicting and learning, and the largest network that keeps up.
import { createLearner } from '../dist/src/index.js';
import { createModelOn, learning, samples } from './eddyOptions.mjs';
import { interleave } from './slices.mjs';

const RATE = 44_100;
const sizes = [8, 16, 32, 64, 96, 128, 160, 192, 256, 320];

const timesRealTime = (microseconds) => 1e6 / RATE / microseconds;

export async function audio({ quick }) {
  const rows = [];
  const largest = { predicting: 0, learning: 0 };
  for (const units of quick ? sizes.slice(0, 1) : sizes) {
    const model = await createModelOn(units);
    const learned = await createModelOn(units);
    const state = model.openState();
    const out = new Float32Array(1);
    const learner = createLearner(learned, learning());
    let t = 0;
    let step;
    const instrument = await interleave(
      {
        predicting(count) {
          for (let k = 0; k < count; k++) model.step(samples[t++ & 1023], state, out);
        },
        learning(count) {
          for (let k = 0; k < count; k++) step = learner.step(samples[t & 1023], samples[++t & 1023], step);
        },
      },
      quick ? { slices: 2, milliseconds: 5 } : { slices: 15, milliseconds: 20 },
    );
    for (const [what, found] of Object.entries(instrument)) {
      // The best slice is what one core gives when nothing else runs on it.
      const best = timesRealTime(found.min);
      const median = timesRealTime(found.median);
      rows.push({
        workload: 'audio',
        config: `LSTM-${units} ${what}`,
        contestant: 'eddy',
        unit: '× real time',
        min: best,
        median,
      });
      if (best >= 1) largest[what] = units;
    }
    learner.dispose();
    state.dispose();
    model.dispose();
    learned.dispose();
  }
  for (const [what, units] of Object.entries(largest)) {
    rows.push({
      workload: 'audio',
      config: `largest ${what} in real time`,
      contestant: 'eddy',
      unit: 'units',
      min: units,
      median: units,
    });
  }
  return rows;
}
