/** One row of a picture, or several in a row that share a place. null where there is no number. */
export interface Stretch {
  row: number;
  /** Milliseconds since 1970, NaN where there is no date. */
  time: number;
  least: number | null;
  most: number | null;
  forecast: number | null;
  low: number | null;
  high: number | null;
  /** The value at its highest alarm. */
  alarm: number | null;
  score: number;
}

/**
 * A series of any length in at most `limit` stretches: when they are full, two become one, which keeps the values' and the
 * interval's reach and the highest score and alarm.
 */
export class Decimated {
  stretches: Stretch[] = [];
  /** Rows in a stretch. */
  rows = 1;
  #filled = 0; // rows in the last stretch

  constructor(private readonly limit: number) {}

  add(row: Stretch): void {
    const last = this.stretches.at(-1);
    if (last && this.#filled < this.rows) {
      this.stretches[this.stretches.length - 1] = joined(last, row);
      this.#filled++;
      return;
    }
    if (this.stretches.length === this.limit) this.#halve();
    this.stretches.push(row);
    this.#filled = 1;
  }

  #halve(): void {
    const halved: Stretch[] = [];
    for (let i = 0; i + 1 < this.stretches.length; i += 2)
      halved.push(joined(this.stretches[i], this.stretches[i + 1]));
    if (this.stretches.length % 2 === 1) halved.push(this.stretches[this.stretches.length - 1]);
    this.stretches = halved;
    this.rows *= 2;
  }
}

function joined(a: Stretch, b: Stretch): Stretch {
  return {
    row: a.row,
    time: a.time,
    least: outer(Math.min, a.least, b.least),
    most: outer(Math.max, a.most, b.most),
    forecast: a.forecast ?? b.forecast,
    low: outer(Math.min, a.low, b.low),
    high: outer(Math.max, a.high, b.high),
    alarm: (b.alarm !== null && (a.alarm === null || b.score > a.score) ? b : a).alarm,
    score: Math.max(a.score, b.score),
  };
}

const outer = (choose: (a: number, b: number) => number, a: number | null, b: number | null) =>
  a === null ? b : b === null ? a : choose(a, b);
