import { Intervals } from '../src/online/conformal/intervals.js';

/** How well a model's intervals did. */
export interface IntervalScores {
  /** The share of values that they covered; NaN where none was tried. */
  coverage: number;
  /** Their mean interval (Winkler) score, in deviations: width, and 2/alpha times each miss. */
  intervalScore: number;
}

export interface IntervalScoring {
  horizon: number;
  alpha: number;
  /** The first row, from 0, that counts. */
  from: number;
  /** Per column, what its scores are divided by. */
  deviations: Float64Array;
}

/** Puts conformal intervals around a model's forecasts `horizon` rows ahead, and scores them over the columns. */
export function openIntervalScores({ horizon, alpha, from, deviations }: IntervalScoring) {
  const columns = Array.from(deviations, (deviation) => {
    const intervals = new Intervals({ horizon, alpha });
    return { intervals, deviation, before: sumsOf(intervals) };
  });
  let row = 0;
  return {
    /** Takes a row and what the model then says of the next ones, [horizon × columns]. */
    step(values: Float64Array, forecast: Float64Array): void {
      const last = (horizon - 1) * columns.length;
      columns.forEach((column, c) => {
        if (row === from) column.before = sumsOf(column.intervals);
        column.intervals.step(values[c], forecast[last + c]);
      });
      row++;
    },
    read(): IntervalScores {
      const sums = { scored: 0, covered: 0, cost: 0 };
      for (const { intervals, deviation, before } of columns) {
        const { scored, covered, cost } = sumsOf(intervals);
        sums.scored += scored - before.scored;
        sums.covered += covered - before.covered;
        sums.cost += (cost - before.cost) / deviation;
      }
      return { coverage: sums.covered / sums.scored, intervalScore: sums.cost / sums.scored };
    },
  };
}

function sumsOf({ scored, coverage, meanScore }: Intervals) {
  return scored === 0
    ? { scored, covered: 0, cost: 0 }
    : { scored, covered: coverage * scored, cost: meanScore * scored };
}
