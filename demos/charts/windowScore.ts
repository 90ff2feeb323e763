import type { Columns } from './ForecastRows.js';

export interface WindowScore {
  /** Mean absolute errors of the forecasts and of the last value, over the rows that have both. */
  error: number;
  lastValueError: number;
  /** 1 is perfect, 0 as good as the last value, below 0 worse. */
  skill: number;
  /** The share of values within their interval. */
  covered: number;
}

/** How good the forecasts of these rows were; each was made before its row came. NaN where no row can tell. */
export function windowScore({ value, forecast, low, high }: Columns): WindowScore {
  let [error, lastValueError, rows, inside, bands] = [0, 0, 0, 0, 0];
  for (let i = 1; i < value.length; i++) {
    const [own, naive] = [Math.abs(value[i] - forecast[i]), Math.abs(value[i] - value[i - 1])];
    if (own + naive < Number.POSITIVE_INFINITY) {
      error += own;
      lastValueError += naive;
      rows++;
    }
    if (low[i] <= high[i] && Number.isFinite(value[i])) {
      bands++;
      if (value[i] >= low[i] && value[i] <= high[i]) inside++;
    }
  }
  return {
    error: error / rows,
    lastValueError: lastValueError / rows,
    skill: lastValueError > 0 ? 1 - error / lastValueError : Number.NaN,
    covered: inside / bands,
  };
}
