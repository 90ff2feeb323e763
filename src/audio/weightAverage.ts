import type { Weights } from '../nn/model/parameters.js';

/**
 * The running mean of a model's weights: where they wander around what they look for, their mean is nearer to it (Polyak & Juditsky
 * 1992). `memory`: how many of the newest it is worth; more fade away.
 */
export class WeightAverage {
  #count = 0;
  #means: { readonly [name: string]: Float64Array } = {};
  #last: Weights = {};

  constructor(readonly memory: number) {}

  add(weights: Weights): void {
    if (this.#count === 0) {
      this.#means = Object.fromEntries(
        Object.entries(weights).map(([name, { data }]) => [name, Float64Array.from(data)]),
      );
    }
    this.#count++;
    this.#last = weights;
    const rate = 1 / Math.min(this.#count, this.memory);
    for (const [name, mean] of Object.entries(this.#means)) {
      const { data } = weights[name];
      for (let k = 0; k < mean.length; k++) mean[k] += rate * (data[k] - mean[k]);
    }
  }

  /** Undefined before the first. */
  weights(): Weights | undefined {
    if (this.#count === 0) return undefined;
    return Object.fromEntries(
      Object.entries(this.#means).map(([name, mean]) => [
        name,
        { shape: this.#last[name].shape, data: Float32Array.from(mean) },
      ]),
    );
  }
}
