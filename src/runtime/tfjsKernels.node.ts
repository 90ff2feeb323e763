// Registers tfjs's own kernels. Node can load the package's CommonJS bundle only.
import '@tensorflow/tfjs-backend-wasm';
