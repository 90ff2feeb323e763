import { EddyError } from '../core/errors.js';
import type { Runtime } from '../runtime/runtime.js';
import { startTfjs } from '../runtime/tfjs.js';

let runtime: Runtime | undefined;

/** Starts what networks run on, once a process; after it all is synchronous. @throws EddyError `host` */
export async function startNetworks(): Promise<void> {
  runtime ??= await startTfjs();
}

/** Whether `startNetworks` has done its work. */
export const networksStarted = (): boolean => runtime !== undefined;

/** The backend that has been started. @throws EddyError `host` before `startNetworks` */
export function startedRuntime(): Runtime {
  if (runtime) return runtime;
  throw new EddyError('host', 'eddy: the backend must be started first, it is not; await startNetworks()');
}
