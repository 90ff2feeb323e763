import type { ModelDefinition } from '../../checkpoint/definition.js';
import type { Weights } from '../../nn/model/parameters.js';

/** A model from another framework, as eddy would have made it. */
export interface Imported {
  readonly definition: ModelDefinition;
  readonly weights: Weights;
}
