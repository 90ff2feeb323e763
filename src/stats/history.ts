/** The last rows of every channel; `back` 0 is the newest. */
export class History {
  values: Float64Array;
  /** Rows that have come. */
  count = 0;
  readonly channels: number;
  #capacity = 1;

  /** Keeps at least `rows` rows. */
  constructor(channels: number, rows: number) {
    this.channels = channels;
    this.values = new Float64Array(0);
    this.open(rows);
  }

  get capacity(): number {
    return this.#capacity;
  }

  push(row: Float64Array): void {
    const at = this.count & (this.#capacity - 1);
    for (let c = 0; c < this.channels; c++) this.values[c * this.#capacity + at] = row[c];
    this.count++;
  }

  /** Whether the row `back` rows before the newest is still here. */
  has(back: number): boolean {
    return back < this.count && back < this.#capacity && back >= 0;
  }

  at(channel: number, back: number): number {
    return this.values[channel * this.#capacity + ((this.count - 1 - back) & (this.#capacity - 1))];
  }

  /** Makes room for `rows` rows, keeping those that are here. */
  grow(rows: number): void {
    if (rows <= this.#capacity) return;
    const kept = Math.min(this.count, this.#capacity);
    const old = Array.from({ length: this.channels }, (_, c) =>
      Float64Array.from({ length: kept }, (_, i) => this.at(c, kept - 1 - i)),
    );
    this.open(rows);
    old.forEach((values, c) => {
      for (let i = 0; i < kept; i++) {
        this.values[c * this.#capacity + ((this.count - kept + i) & (this.#capacity - 1))] = values[i];
      }
    });
  }

  /** Empties it, with room for `rows` rows: a power of two, so that a row's place is a mask away. */
  open(rows: number): void {
    this.#capacity = 1;
    while (this.#capacity < rows) this.#capacity *= 2;
    this.values = new Float64Array(this.channels * this.#capacity);
  }
}
