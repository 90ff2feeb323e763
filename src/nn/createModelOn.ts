import type { Runtime } from '../runtime/runtime.js';
import type { ModelSpec } from './model/definition.js';
import { Model } from './model/model.js';

/**
 * Makes a network on a runtime that has been opened; `createModel` does the same on tfjs's.
 *
 *     const model = createModelOn(createBareRuntime(kernels), { input: 1, layers: [gru(16)], output: dense(1) });
 *
 * @throws EddyError `invalid-option` on a definition that no model can have; `out-of-memory`.
 */
export function createModelOn(runtime: Runtime, spec: ModelSpec): Model {
  return new Model(runtime, spec);
}
