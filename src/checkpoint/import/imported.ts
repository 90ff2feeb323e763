import type { ModelDefinition } from '../definition.js';
import type { Weights } from '../weights.js';

/** A model from another framework, as eddy would have made it. */
export interface Imported {
  readonly definition: ModelDefinition;
  readonly weights: Weights;
}
