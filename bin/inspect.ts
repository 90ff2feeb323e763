import { readFile, stat } from 'node:fs/promises';
import { type Checkpoint, decodeCheckpoint } from '../src/checkpoint/checkpoint.js';
import type { ModelDefinition } from '../src/checkpoint/definition.js';
import { specOf } from '../src/checkpoint/modelSpec.js';
import { epochOf } from '../src/checkpoint/newestReadable.js';
import type { StoredCheckpoint } from '../src/checkpoint/store.js';
import { isList, isRecord } from '../src/core/snapshot.js';
import type { Snapshot, SnapshotValue } from '../src/core/stage.js';
import { createModel } from '../src/nn/createModel.js';
import type { Weights } from '../src/nn/model/parameters.js';
import { storeOf } from './checkpoint.js';
import { readModel } from './convert.js';
import { countOf, describeModel } from './describeModel.js';

/** What `eddy inspect` does. */
export async function inspect(path: string): Promise<void> {
  const lines = [...(await linesOf(path))];
  process.stdout.write(`${lines.join('\n')}\n`);
}

async function linesOf(path: string): Promise<string[]> {
  const checkpoint = await readCheckpoint(path);
  if (checkpoint === undefined) {
    const { format, definition, weights } = await readModel(path);
    return [
      `${path}: ${format}, ${await sizeOf(path)}`,
      ...describeModel(definition),
      ...(await costOf(definition, weights)),
    ];
  }
  for (const warning of checkpoint.warnings) process.stderr.write(`eddy: ${warning}\n`);
  const { epoch, offset, definition, weights, state } = checkpoint;
  return [
    `${path}: checkpoint ${epoch}, ${await sizeOf(path)}`,
    `${offset.toLocaleString('en')} samples seen`,
    ...describeLearners(state),
    ...(definition ? [...describeModel(definition), ...(await costOf(definition, weights))] : ['no model']),
  ];
}

/** The checkpoint in a file, or the one before it if that is damaged; undefined if the file is of another kind. */
async function readCheckpoint(path: string): Promise<(Checkpoint & Pick<StoredCheckpoint, 'warnings'>) | undefined> {
  const own = await readFile(path).then(
    (file) => (epochOf(file) !== undefined ? decodeCheckpoint(file) : undefined),
    () => undefined,
  );
  if (own) return { ...own, warnings: [] };
  const { store, key } = storeOf(path);
  const stored = await store.load(key).catch(() => undefined);
  return stored && { ...decodeCheckpoint(stored.bytes), warnings: stored.warnings };
}

async function sizeOf(path: string): Promise<string> {
  return bytes((await stat(path)).size);
}

/** What a model needs and takes here: it is run, since a table would be of another machine. */
async function costOf(definition: ModelDefinition, weights: Weights): Promise<string[]> {
  const parameters = `weights ${bytes(4 * countOf(definition))}, with Adam’s moments and gradients ${bytes(16 * countOf(definition))}`;
  using model = await createModel(specOf(definition));
  model.setWeights(weights);
  using state = model.openState();
  const x = new Float32Array(model.input);
  const out = new Float32Array(model.output);
  const times: number[] = [];
  for (let batch = 0; batch < 50; batch++) {
    const started = performance.now();
    for (let i = 0; i < 40; i++) model.step(x, state, out);
    times.push((performance.now() - started) / 40);
  }
  const median = times.sort((a, b) => a - b)[times.length >> 1];
  return [parameters, `${(1000 * median).toPrecision(2)} µs a sample to predict, measured here`];
}

/** The learners in a state, wherever they are: each snapshot of one counts its updates. */
function describeLearners(state: Snapshot | readonly SnapshotValue[], path = ''): string[] {
  return Object.entries(state).flatMap(([name, value]: [string, SnapshotValue | undefined]) => {
    if (isList(value)) return describeLearners(value, `${path}${name}.`);
    if (!isRecord(value)) return [];
    const { optimizer, counts } = value;
    if (typeof optimizer !== 'string' || !isRecord(counts)) return describeLearners(value, `${path}${name}.`);
    const count = (key: string) => Number(counts[key] ?? 0).toLocaleString('en');
    return [
      `${path}${name}: ${optimizer}, ${count('updates')} updates, ${count('clipped')} of them clipped, ${count('samples')} samples`,
    ];
  });
}

function bytes(count: number): string {
  if (count < 1024) return `${count} B`;
  return count < 1024 * 1024 ? `${(count / 1024).toFixed(1)} kB` : `${(count / 1024 / 1024).toFixed(1)} MB`;
}
