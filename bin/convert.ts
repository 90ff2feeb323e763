import { readFile, writeFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { EddyError } from '../src/core/errors.js';
import type { ImportOptions, WeightsFormat } from '../src/interop/formats/format.js';
import { formats } from '../src/interop/formats/registry.js';
import { importWeights, shardPaths } from '../src/interop/importWeights.js';
import type { RnnActivation } from '../src/nn/cells/rnn/index.js';
import type { DenseActivation } from '../src/nn/readouts/readout.js';
import { describeModel } from './describeModel.js';

export interface ConvertOptions {
  to?: string;
  activation?: RnnActivation;
  outputActivation?: DenseActivation;
  resetAfter?: 'true' | 'false';
}

/** What `eddy convert` does. */
export async function convert(from: string, to: string, options: ConvertOptions): Promise<void> {
  const target = options.to === undefined ? targetOf(to) : writerNamed(options.to);
  const { format, ...model } = await readModel(from, {
    ...(options.activation && { activation: options.activation }),
    ...(options.outputActivation && { outputActivation: options.outputActivation }),
    ...(options.resetAfter && { resetAfter: options.resetAfter === 'true' }),
  });
  await write(to, target.write(model));
  process.stderr.write(`${from} (${format}) → ${to} (${target.name})\n${describeModel(model.definition).join('\n')}\n`);
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

type Writer = Required<Pick<WeightsFormat, 'name' | 'write'>>;

const writers = formats.members.flatMap(({ name, write, ending }) => (write ? [{ name, write, ending }] : []));
const names = writers.map(({ name }) => name).join(', ');

function writerNamed(name: string): Writer {
  const found = writers.find((writer) => writer.name === name);
  if (found) return found;
  throw new EddyError('invalid-option', `convert: --to must be one of ${names}, got ${name}`);
}

/** By the file's ending; eddy's own where no format has it. */
function targetOf(path: string): Writer {
  const ending = extname(path).toLowerCase();
  if (NOT_WRITTEN.has(ending)) {
    throw new EddyError(
      'invalid-option',
      `convert: no ${ending} file can be written; name another, and say --to ${names}`,
    );
  }
  return writers.find((writer) => writer.ending === ending) ?? writerNamed('eddy');
}
