import { EddyError } from '../core/errors.js';
import type { Runtime } from '../runtime/runtime.js';
import { startTfjs } from '../runtime/tfjs.js';
import type { ModelSpec } from './model/definition.js';
import { Model } from './model/model.js';

let runtime: Runtime | undefined;

/** Starts the backend, once a process; after it `createStartedModel` needs no promise. @throws EddyError `host` */
export async function startModels(): Promise<void> {
  runtime ??= await startTfjs();
}

/** Whether `startModels` has done its work. */
export const modelsStarted = (): boolean => runtime !== undefined;

/**
 * `createModel` without a promise, for what opens its models in the middle of a stream.
 * @throws EddyError `host` before `startModels`; `invalid-option`, `out-of-memory`.
 */
export function createStartedModel(spec: ModelSpec): Model {
  if (runtime) return new Model(runtime, spec);
  throw new EddyError('host', 'eddy: the backend must be started first, it is not; await startNetworks()');
}
