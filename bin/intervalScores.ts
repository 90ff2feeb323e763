import { HorizonIntervals } from '../src/intervals/horizonIntervals.js';

/** How well a model's intervals did. */
export interface IntervalScores {
  /** The share of values that they covered; NaN where none was tried. */
  coverage: number;
  /** Their mean interval (Winkler) score, in deviations: width, and 2/alpha times each miss. */
  intervalScore: number;
}

/** Of a model that has none. */
export const NO_INTERVALS: IntervalScores = { coverage: Number.NaN, intervalScore: Number.NaN };

export interface IntervalScoring {
  horizon: number;
  alpha: number;
  /** The first row, from 0, that counts. */
  from: number;
  /** Per column, what its scores are divided by. */
  deviations: Float64Array;
}

/** Puts conformal intervals around a model's forecasts, and scores those `horizon` rows ahead over the columns. */
export function createIntervalScores({ horizon, alpha, from, deviations }: IntervalScoring) {
  const intervals = new HorizonIntervals(deviations.length, horizon, { alpha });
  const sums = () => Array.from(deviations, (_, c) => sumsOf(intervals.of(horizon, c)));
  let before = sums();
  let row = 0;
  return {
    /** Takes a row and what the model then says of the next ones, [horizon × columns]. */
    step(values: Float64Array, forecast: Float64Array): void {
      if (row++ === from) before = sums();
      intervals.step(values, forecast);
    },
    read(): IntervalScores {
      const all = { scored: 0, covered: 0, cost: 0 };
      sums().forEach(({ scored, covered, cost }, c) => {
        all.scored += scored - before[c].scored;
        all.covered += covered - before[c].covered;
        all.cost += (cost - before[c].cost) / deviations[c];
      });
      return { coverage: all.covered / all.scored, intervalScore: all.cost / all.scored };
    },
  };
}

function sumsOf({ scored, coverage, meanScore }: ReturnType<HorizonIntervals['of']>) {
  const mean = (value: number) => (scored === 0 ? 0 : value * scored);
  return { scored, covered: mean(coverage), cost: mean(meanScore) };
}
