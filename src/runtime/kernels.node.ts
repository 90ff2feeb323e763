import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

/** eddy's kernels, compiled: what `createBareRuntime` takes, also in a thread that they are posted to. */
export async function loadKernels(): Promise<WebAssembly.Module> {
  return WebAssembly.compile(await readFile(createRequire(import.meta.url).resolve('rx-eddy/eddy.wasm')));
}
