import { EddyError } from '../core/errors.js';
import type { Snapshot } from '../core/stage.js';
import type { Loss } from '../nn/losses/loss.js';
import type { Model } from '../nn/model/model.js';

/** @throws EddyError `invalid-option` unless they are whole numbers ≥ 0 in rising order. */
export function checkHorizons(where: string, horizon: number | readonly number[]): readonly number[] {
  const horizons = typeof horizon === 'number' ? [horizon] : Array.from(horizon);
  const rising = horizons.every((h, i) => Number.isSafeInteger(h) && h >= 0 && (i === 0 || h > horizons[i - 1]));
  if (rising && horizons.length > 0) return horizons;
  throw new EddyError(
    'invalid-option',
    `${where}: horizon must be a whole number ≥ 0, or several in rising order, got ${String(horizon)}; 1 is the next sample`,
  );
}

/**
 * Numbers in one horizon's part of a target: each must have as many outputs as the others, and a loss that goes by the element.
 * @throws EddyError `invalid-option` where it is not so.
 */
export function partWidth(where: string, loss: Loss, { output, spec }: Model, horizons: number): number {
  const width = loss.targetWidth(output, spec.output);
  if (horizons === 1) return width;
  if (loss.fused && loss.single) {
    throw new EddyError(
      'invalid-option',
      `${where}: several horizons must have a loss of independent outputs, got ${loss.name}, whose classes share one softmax; open a learn for each horizon`,
    );
  }
  if (width % horizons === 0) return width / horizons;
  throw new EddyError(
    'invalid-option',
    `${where}: ${horizons} horizons must share the target's ${width} numbers evenly, got ${width} / ${horizons}; use dense(horizons × targets)`,
  );
}

/**
 * Puts together the targets of samples that are labelled several horizons ahead. The part of sample t for horizon h comes with value t + h;
 * parts wait here until the last one's time has come, at t + max h. Then the target is whole: [horizons × width], the nearest horizon first,
 * what never came masked.
 */
export class Horizons {
  readonly last: number;
  readonly #horizons: readonly number[];
  readonly #width: number;
  /** The parts of the newest values, of value v from (v mod kept)·width on; NaN: missing. */
  readonly #parts: Float32Array;
  readonly #kept: number;

  constructor(horizons: readonly number[], width: number) {
    this.last = horizons[horizons.length - 1];
    this.#horizons = horizons;
    this.#width = width;
    this.#kept = this.last - horizons[0] + 1;
    this.#parts = new Float32Array(this.#kept * width).fill(Number.NaN);
  }

  /** Takes the part that value `index` = 1, 2, … brought; the whole target of sample `index` − max h, undefined where none of it came. */
  take(index: number, part: Float32Array | undefined): Float32Array | undefined {
    const width = this.#width;
    const at = (index % this.#kept) * width;
    if (part) this.#parts.set(part, at);
    else this.#parts.fill(Number.NaN, at, at + width);
    if (index <= this.last) return undefined;
    const whole = new Float32Array(this.#horizons.length * width);
    this.#horizons.forEach((h, i) => {
      const from = ((index - this.last + h) % this.#kept) * width;
      whole.set(this.#parts.subarray(from, from + width), i * width);
    });
    return whole.some((value) => !Number.isNaN(value)) || part ? whole : undefined;
  }

  snapshot(): Snapshot {
    return { parts: this.#parts.slice() };
  }

  /** @throws EddyError `invalid-state` on a record of other horizons. */
  restore({ parts }: Snapshot): void {
    if (!(parts instanceof Float32Array) || parts.length !== this.#parts.length) {
      throw new EddyError(
        'invalid-state',
        `learn: a snapshot must have ${this.#parts.length} numbers of targets that wait, it does not; restore one of the same horizons`,
      );
    }
    this.#parts.set(parts);
  }
}
