import tfjs from '../../tfjs.wasm';

/** tfjs's own WASM module, compiled at deployment. */
export const loadTfjs = async (): Promise<WebAssembly.Module> => tfjs;
