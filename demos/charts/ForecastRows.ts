/** One row of a series and what had been expected of it; NaN where there is no number. */
export interface ForecastRow {
  index: number;
  time: number;
  value: number;
  forecast: number;
  low: number;
  high: number;
  /** Anomaly score in [0, 1]. */
  score: number;
}

const NAMES = ['index', 'time', 'value', 'forecast', 'low', 'high', 'score'] as const satisfies (keyof ForecastRow)[];

export type Columns = Readonly<Record<keyof ForecastRow, Float64Array>>;

/**
 * The last `capacity` rows in columns that a chart draws from as they stand: each is twice as long as it must be, and its newer half moves to
 * the front when the end is reached. Nothing is allocated for a row.
 */
export class ForecastRows {
  readonly #columns: Record<keyof ForecastRow, Float64Array>;
  #end = 0;

  constructor(readonly capacity: number) {
    const column = () => new Float64Array(2 * capacity);
    this.#columns = {
      index: column(),
      time: column(),
      value: column(),
      forecast: column(),
      low: column(),
      high: column(),
      score: column(),
    };
  }

  get length(): number {
    return Math.min(this.#end, this.capacity);
  }

  get lastIndex(): number {
    return this.#end ? this.#columns.index[this.#end - 1] : 0;
  }

  clear(): void {
    this.#end = 0;
  }

  append(row: Readonly<ForecastRow>): void {
    if (this.#end === 2 * this.capacity) {
      for (const name of NAMES) this.#columns[name].copyWithin(0, this.capacity);
      this.#end = this.capacity;
    }
    for (const name of NAMES) this.#columns[name][this.#end] = row[name];
    this.#end++;
  }

  /** Views of the last `count` rows; they stand until the next `append`. */
  last(count: number): Columns {
    return this.#slice(this.#end - Math.min(count, this.length), this.#end);
  }

  /** Views of the rows numbered `from` to `to`, as far as they are still here. */
  between(from: number, to: number): Columns {
    const { index } = this.last(this.length);
    const start = this.#end - index.length;
    return this.#slice(start + placeOf(index, from), start + placeOf(index, to + 1));
  }

  #slice(from: number, to: number): Columns {
    const of = (name: keyof ForecastRow) => this.#columns[name].subarray(from, to);
    return {
      index: of('index'),
      time: of('time'),
      value: of('value'),
      forecast: of('forecast'),
      low: of('low'),
      high: of('high'),
      score: of('score'),
    };
  }
}

/** The place of the first row numbered `wanted` or more; the number of rows where there is none. */
export function placeOf(index: Float64Array, wanted: number): number {
  let [low, high] = [0, index.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (index[middle] < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
