/** What the runtime uses of tfjs-core. */
export {
  DataStorage,
  engine,
  KernelBackend,
  registerBackend,
  removeBackend,
  util,
  version_core,
} from '@tensorflow/tfjs-core';
