/** One stretch of rows of a picture. */
export interface Stretch {
  row: number;
  value: number | null;
  forecast: number | null;
  low: number | null;
  high: number | null;
  /** The value at its highest alarm. */
  alarm: number | null;
  score: number;
}

/**
 * A series of any length in at most `limit` stretches: when they are full, two become one, which keeps the value that lies
 * furthest from its forecast, the interval's reach, and the highest alarm.
 */
export class Thinned {
  stretches: Stretch[] = [];
  #rows = 1; // in a stretch
  #filled = 0; // rows in the last stretch

  constructor(private readonly limit: number) {}

  add(row: Stretch): void {
    const last = this.stretches.at(-1);
    if (last && this.#filled < this.#rows) {
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
    this.#rows *= 2;
  }
}

function joined(a: Stretch, b: Stretch): Stretch {
  const far = distance(b) > distance(a) ? b : a;
  const alarmed = b.alarm !== null && (a.alarm === null || b.score > a.score) ? b : a;
  return {
    row: a.row,
    value: far.value ?? a.value ?? b.value,
    forecast: far.forecast,
    low: outer(Math.min, a.low, b.low),
    high: outer(Math.max, a.high, b.high),
    alarm: alarmed.alarm,
    score: alarmed.score,
  };
}

const distance = ({ value, forecast }: Stretch) =>
  value === null || forecast === null ? -1 : Math.abs(value - forecast);

const outer = (choose: (a: number, b: number) => number, a: number | null, b: number | null) =>
  a === null ? b : b === null ? a : choose(a, b);
