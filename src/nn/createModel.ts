import { startTfjs } from '../runtime/tfjs.js';
import type { ModelSpec } from './model/definition.js';
import { checkDefinition } from './model/definition.js';
import { Model } from './model/model.js';

/**
 * Makes a network; the first call starts the backend. Everything after it is synchronous.
 *
 *     const model = await createModel({ input: 4, layers: [lstm(32)], output: dense(1), seed: 7 });
 *
 * Weights start Glorot-uniform for inputs (Glorot & Bengio 2010), orthogonal for recurrences (Saxe et al. 2013), biases 0 but the
 * LSTM's forget gate 1. Equal seeds, equal bits.
 *
 * @throws EddyError `invalid-option` on a definition that no model can have; `host` where the backend cannot start; `out-of-memory`.
 */
export async function createModel(spec: ModelSpec): Promise<Model> {
  checkDefinition(spec);
  return new Model(await startTfjs(), spec);
}
