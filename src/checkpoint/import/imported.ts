import type { ModelDefinition } from '../definition.js';
import type { Weights } from '../weights.js';

/** A model from another framework, as eddy would have made it. */
export interface Imported {
  readonly definition: ModelDefinition;
  readonly weights: Weights;
  /**
   * How many of the first input numbers the file's model adds to its output, as guitar amplifier models do (`in_skip`): 0 or 1. No eddy
   * model adds its input by itself: where this is 1, the caller adds x[0] to the output.
   */
  readonly skip: number;
}
