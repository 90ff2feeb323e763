const NEWEST = 24; // errors that count in a size, in the manner of a running mean

/**
 * What is known at this row of the rows to come, one channel: the forecasts 1 … horizon rows ahead, and how large such
 * forecasts' errors have been of late. Of a forecast made earlier for the same row it says how likely its interval is to miss.
 */
export class PendingCoverage {
  /** `forecast[k − 1]` is for k rows ahead. */
  readonly forecast: Float64Array;
  /** Mean |error| k rows ahead, and how many have been seen. */
  readonly #size: Float64Array;
  readonly #seen: Float64Array;

  constructor(horizon: number) {
    this.forecast = new Float64Array(horizon);
    this.#size = new Float64Array(horizon);
    this.#seen = new Float64Array(horizon);
  }

  get state(): readonly Float64Array[] {
    return [this.#size, this.#seen];
  }

  /** The size of the newest error known of a forecast `ahead` rows ahead. */
  learn(ahead: number, error: number): void {
    const seen = ++this.#seen[ahead - 1];
    this.#size[ahead - 1] += Math.max(1 / seen, 1 / NEWEST) * (error - this.#size[ahead - 1]);
  }

  /**
   * The chance that the row `ahead` rows ahead falls outside [low, high]; undefined while no such error is known. Today's forecast
   * is taken to err by more than x to one side with probability ½ (1 + x / 3s)^−4, s the mean size: a power law (Lomax 1954, JASA 49:847), since errors have heavy tails.
   */
  outside(ahead: number, low: number, high: number): number | undefined {
    const size = this.#size[ahead - 1];
    const forecast = this.forecast[ahead - 1];
    if (this.#seen[ahead - 1] === 0 || !Number.isFinite(forecast)) return undefined;
    return Math.min(1, beyond(high - forecast, size) + beyond(forecast - low, size));
  }
}

function beyond(x: number, size: number): number {
  if (!(size > 0)) return x >= 0 ? 0 : 1;
  const ratio = 1 / (1 + Math.abs(x) / size / 3);
  const tail = 0.5 * ratio * ratio * ratio * ratio;
  return x >= 0 ? tail : 1 - tail;
}
