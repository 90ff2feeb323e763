import { readFile, writeFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { encodeCheckpoint } from '../src/checkpoint/checkpoint.js';
import { EddyError } from '../src/core/errors.js';
import { exportGuitarml } from '../src/interop/export/guitarml.js';
import { exportKeras } from '../src/interop/export/keras.js';
import { exportOnnx } from '../src/interop/export/onnx.js';
import { exportPytorch } from '../src/interop/export/pytorch.js';
import { exportRtneural } from '../src/interop/export/rtneural.js';
import type { Imported } from '../src/interop/import/imported.js';
import { type ImportOptions, importWeights, shardPaths } from '../src/interop/importWeights.js';
import type { RnnActivation } from '../src/nn/cells/rnn/index.js';
import type { DenseActivation } from '../src/nn/readouts/readout.js';
import { describeModel } from './describeModel.js';

const WRITERS = {
  eddy: (model: Imported) => encodeCheckpoint({ epoch: 1, offset: 0, ...model, state: {} }),
  pytorch: (model: Imported) => exportPytorch(model),
  keras: exportKeras,
  onnx: exportOnnx,
  rtneural: exportRtneural,
  guitarml: exportGuitarml,
} as const;
type Target = keyof typeof WRITERS;

export interface ConvertOptions {
  to?: Target;
  activation?: RnnActivation;
  outputActivation?: DenseActivation;
  resetAfter?: 'true' | 'false';
}

/** What `eddy convert` does. */
export async function convert(from: string, to: string, options: ConvertOptions): Promise<void> {
  const target = options.to ?? targetOf(to);
  const { format, ...model } = await readModel(from, {
    ...(options.activation && { activation: options.activation }),
    ...(options.outputActivation && { outputActivation: options.outputActivation }),
    ...(options.resetAfter && { resetAfter: options.resetAfter === 'true' }),
  });
  await write(to, WRITERS[target](model));
  process.stderr.write(`${from} (${format}) → ${to} (${target})\n${describeModel(model.definition).join('\n')}\n`);
}

/** A model from a file of any kind, and the shards beside it. */
export async function readModel(path: string, options: ImportOptions = {}) {
  const file = await read(path);
  const shards: { [name: string]: Uint8Array } = {};
  for (const name of shardPaths(file)) shards[name] = await read(join(dirname(path), name));
  return importWeights(file, { ...options, shards });
}

async function read(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EddyError('invalid-file', `${path} cannot be read, ${reason}; check the path`, { cause });
  }
}

async function write(path: string, file: string | Uint8Array): Promise<void> {
  try {
    await writeFile(path, file);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EddyError('host', `${path} cannot be written, ${reason}; check the path`, { cause });
  }
}

/** Endings of files that other programs would take for what they are not. */
const NOT_WRITTEN = new Set(['.h5', '.hdf5', '.keras', '.pt', '.pth', '.pb', '.tflite', '.nam']);

function targetOf(path: string): Target {
  const ending = extname(path).toLowerCase();
  if (NOT_WRITTEN.has(ending)) {
    const known = Object.keys(WRITERS).join(', ');
    throw new EddyError(
      'invalid-option',
      `convert: no ${ending} file can be written; name another, and say --to ${known}`,
    );
  }
  if (ending === '.onnx') return 'onnx';
  return ending === '.json' ? 'rtneural' : 'eddy';
}
