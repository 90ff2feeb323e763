import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';

/** Row-major numbers with their shape. */
export interface Tensor {
  shape: number[];
  data: number[];
}
export type Tensors = Record<string, Tensor>;
export type GoldenCell = 'rnn_tanh' | 'rnn_relu' | 'lstm' | 'gru' | 'gru_reset_before';

/** What the cases of every file have in common. */
interface Case {
  name: string;
  cell: GoldenCell;
  input: number;
  hidden: number;
  layers: number;
  weights: Tensors;
  x: Tensor;
}
export interface CellCase extends Case {
  steps: number;
  h0: Tensor;
  c0?: Tensor;
  target: Tensor;
  expected: { y: Tensor; hn: Tensor; cn?: Tensor; loss: number };
  grads: Tensors;
  f32_max_abs: { outputs: number; grads: number };
}
export interface LearnerCase extends Case {
  outputs: number;
  samples: number;
  k1: number;
  k2: number;
  optimizer: {
    name: 'sgd' | 'momentum' | 'adam' | 'adamw' | 'rmsprop' | 'adagrad';
    lr: number;
    momentum?: number;
    beta1?: number;
    beta2?: number;
    eps?: number;
    alpha?: number;
    weight_decay?: number;
  };
  clip_norm: number;
  target: Tensor;
  h0: Tensor;
  c0?: Tensor;
  expected: {
    updates: number;
    updates_clipped: number;
    grad_norm: Tensor;
    online_mse: Tensor;
    pred: Tensor;
    weights_after_first_update: Tensors;
    weights_after_run: Tensors;
    h: Tensor;
    c?: Tensor;
  };
  f32_max_abs: { weights: number; pred: number };
}
export interface LongCase extends Case {
  samples: number;
  expected: { t: number; h: Tensor; c?: Tensor }[];
  f32_max_abs: number;
}
export interface InteropCase {
  cell: 'rnn_tanh' | 'lstm' | 'gru';
  input: number;
  hidden: number;
  layers: number;
  outputs: number;
  pytorch_file: string;
  keras_file: string;
  pytorch_keys: Record<string, number[]>;
  keras_keys: Record<string, number[]>;
  x: Tensor;
  expected: { yhat: Tensor; hn: Tensor; cn?: Tensor };
}

interface GoldenFiles {
  cells: { about: string; cases: CellCase[] };
  tbptt: { about: string; cases: LearnerCase[] };
  long: { about: string; cases: LongCase[] };
  interop: InteropCase;
}
type Kind = keyof GoldenFiles;

const packed = fileURLToPath(new URL('./', import.meta.url));
const directory = process.env.GOLDEN_DIR ?? packed;

/** One file of golden numbers, see golden/README.md: `readGolden('cells_lstm').cases`. GOLDEN_DIR takes plain JSON instead. */
export function readGolden<K extends Kind>(name: `${K}_${string}`): GoldenFiles[K] {
  const plain = join(directory, `${name}.json`);
  const text = existsSync(plain) ? readFileSync(plain) : brotliDecompressSync(readFileSync(`${plain}.br`));
  return JSON.parse(text.toString('utf8'));
}

/** The names of a kind's files: `goldenNames('tbptt')`. */
export function goldenNames<K extends Kind>(kind: K): `${K}_${string}`[] {
  const files = readdirSync(directory).filter((file) => file.startsWith(`${kind}_`) && /\.json(\.br)?$/.test(file));
  return files.sort().map((file) => `${kind}_${file.replace(/\.json(\.br)?$/, '').slice(kind.length + 1)}` as const);
}

/** A weight file's bytes, named as the interop cases name it. */
export function readGoldenBytes(file: string): Uint8Array {
  return readFileSync(join(directory, file));
}

/** A tensor of two dimensions as rows. */
export function rowsOf({ shape, data }: Tensor): number[][] {
  const width = shape[1];
  return Array.from({ length: shape[0] }, (_, i) => data.slice(i * width, (i + 1) * width));
}
