/** Registers tfjs's own kernels, when the first tfjs code is about to run: a script of their own, which most pages never load. */
export async function registerTfjsKernels(): Promise<void> {
  // The package's index would bring Emscripten's glue with them.
  await import('@tensorflow/tfjs-backend-wasm/dist/register_all_kernels.js');
}
