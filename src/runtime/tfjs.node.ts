import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

/** tfjs's own WASM module, which the build has put beside eddy's. */
export async function loadTfjs(): Promise<WebAssembly.Module> {
  return WebAssembly.compile(await readFile(createRequire(import.meta.url).resolve('rx-eddy/tfjs.wasm')));
}
