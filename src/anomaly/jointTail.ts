import type { Part } from './anomalyScore.js';
import { EVERYDAY, EventPeaks } from './eventPeaks.js';
import { RunTail } from './runTail.js';

/** What is compared with its own past: the season by a short and by a long mean. */
export type Measure = Part | 'long season';

/** Of which part a measure is, and what its word weighs. A run grows rarer by the row while it lasts: a tenth of a word is enough for it. */
const MEASURES: readonly (readonly [measure: Measure, part: Part, weight: number])[] = [
  ['error', 'error', 1],
  ['spread', 'spread', 1],
  ['shape', 'shape', 1],
  ['season', 'season', 0.5],
  ['long season', 'season', 0.5],
  ['flatline', 'flatline', 0.1],
  ['range', 'range', 1],
];

/**
 * The tails of several measures as one. Each counts how many events as large its own past would hold, which makes them
 * commensurable; the counts are joined by their weighted harmonic mean, as dependent p-values may be (Wilson 2019, PNAS 116:1195).
 */
export class JointTail {
  readonly arrays: readonly Float64Array[];
  readonly #tails: readonly { measure: Measure; part: Part; weight: number; tail: EventPeaks | RunTail }[];

  constructor(parts: readonly Part[]) {
    this.#tails = MEASURES.filter(([, part]) => parts.includes(part)).map(([measure, part, weight]) => {
      return { measure, part, weight, tail: part === 'flatline' ? new RunTail() : new EventPeaks() };
    });
    this.arrays = this.#tails.flatMap(({ tail }) => tail.arrays);
  }

  /** The joint count and that of each part. Asks, then learns; `tried` is false while nothing is known yet. */
  step(sizes: Readonly<Record<Measure, number>>, tried: boolean): { expected: number; parts: Map<Part, number> } {
    const parts = new Map<Part, number>();
    const joint = new HarmonicMean();
    let own = new HarmonicMean();
    for (const { measure, part, weight, tail } of this.#tails) {
      const count = tried ? tail.expected(sizes[measure]) : EVERYDAY;
      tail.learn(sizes[measure]);
      joint.add(count, weight);
      if (!parts.has(part)) own = new HarmonicMean();
      own.add(count, weight);
      parts.set(part, own.value);
    }
    return { expected: joint.value, parts };
  }
}

class HarmonicMean {
  #weights = 0;
  #sum = 0;

  add(value: number, weight: number): void {
    this.#weights += weight;
    this.#sum += weight / value;
  }

  get value(): number {
    return this.#weights / this.#sum;
  }
}
