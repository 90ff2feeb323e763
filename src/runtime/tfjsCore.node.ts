import { createRequire } from 'node:module';

// The CommonJS bundle that Node's `import` gives too, so all share it; but `import` first scans it for names, which takes longer than
// running it does.
const core: typeof import('@tensorflow/tfjs-core') = createRequire(import.meta.url)('@tensorflow/tfjs-core');

/** What the runtime uses of tfjs-core. */
export const { DataStorage, engine, KernelBackend, registerBackend, removeBackend, util, version_core } = core;
