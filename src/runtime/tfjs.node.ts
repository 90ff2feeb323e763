import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
// Registers tfjs's kernels. Node takes the package's CommonJS bundle, the only part of it that Node can load.
import { version_wasm } from '@tensorflow/tfjs-backend-wasm';

export const tfjsVersion = version_wasm;

/** tfjs's own WASM module, from its package. */
export async function loadTfjs(): Promise<WebAssembly.Module> {
  const { resolve } = createRequire(import.meta.url);
  return WebAssembly.compile(
    await readFile(resolve('@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-simd.wasm')),
  );
}
