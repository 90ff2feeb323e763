import { outputIntervalsStage } from '../../dist/operators/networks/outputIntervals.js';
import { adam, createLearner, createModel, dense, gaussianNll, lstm, pinball } from '../../dist/src/index.js';

/** Losses that teach a network its own 90 % interval, with what it has to give out. */
export const LEARNED = {
  'pinball(0.05, 0.5, 0.95)': { loss: pinball(0.05, 0.5, 0.95), outputs: 3 },
  gaussianNll: { loss: gaussianNll, outputs: 2 },
};

/**
 * Misses and the mean interval score of an LSTM's one-step intervals at alpha 0.1, in the values' units. It learns the changes, in running
 * deviations, from the values and changes so far; 16 rows an update, not clipped by norm (that teaches too small a variance).
 */
export async function learnedRun(values, { loss, outputs }, alpha = 0.1) {
  const model = await createModel({ input: 2, layers: [lstm(16)], output: dense(outputs), seed: 1 });
  const learner = createLearner(model, { k1: 16, k2: 32, loss, optimizer: adam(3e-3), clipValue: 1 });
  const stage = outputIntervalsStage({ loss, alpha })();
  const misses = [];
  let [level, spread, moves, n] = [0, 0, 0, 0];
  let last = values.find(Number.isFinite);
  let interval;
  let scores = 0;
  let scored = 0;
  values.forEach((value) => {
    const known = Number.isFinite(value);
    if (interval && known) {
      const miss = value < interval.low || value > interval.high;
      misses.push(miss ? 1 : 0);
      scores += interval.high - interval.low + (2 / alpha) * Math.max(0, interval.low - value, value - interval.high);
      scored++;
    }
    if (interval) learner.label(interval.index, known ? (value - interval.last) / interval.unit : Number.NaN);
    const x = known ? value : last;
    const rate = 1 / Math.min(++n, 2000);
    moves += rate * ((x - last) ** 2 - moves);
    spread += (1 - rate) * rate * (x - level) ** 2 - rate * spread;
    level += rate * (x - level);
    const unit = Math.sqrt(moves) || 1;
    const step = learner.step([bounded((x - level) / (Math.sqrt(spread) || 1)), bounded((x - last) / unit)]);
    last = x;
    stage.step(step, ({ low, high }) => {
      interval = { index: step.index, last, unit, low: last + unit * low[0], high: last + unit * high[0] };
    });
  });
  learner.dispose();
  model.dispose();
  return { misses: misses.slice(1000), score: scores / scored };
}

const bounded = (x) => Math.max(-10, Math.min(10, x));
