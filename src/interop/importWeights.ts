import { invalidFile } from '../checkpoint/invalidFile.js';
import { contentOf } from './formats/content.js';
import type { FileContent, ImportOptions, WeightsFormat } from './formats/format.js';
import { formats } from './formats/registry.js';
import type { Imported } from './import/imported.js';

/**
 * A model from a file of any kind that eddy reads; the file's content tells which.
 *
 *     const { format, definition, weights } = importWeights(await readFile('model.onnx'));
 *
 * Fails with `invalid-file` as that kind's importer does, and on a checkpoint that holds no model.
 */
export function importWeights(file: Uint8Array, options: ImportOptions = {}): Imported & { readonly format: string } {
  const content = contentOf(file);
  const format = formatOf(content);
  return { format: format.name, ...format.read(file, content, options) };
}

/** The shards that a file names; none for a kind that has none. */
export function shardPaths(file: Uint8Array): string[] {
  const content = contentOf(file);
  return formatOf(content).shards?.(content) ?? [];
}

/** Fails with `invalid-file` where a file looks like none of the kinds. */
function formatOf(content: FileContent): WeightsFormat {
  const found = formats.members.find((format) => format.is(content));
  if (found) return found;
  throw invalidFile(
    'importWeights',
    'the file is of no kind that is known: safetensors, tfjs model.json, ONNX, RTNeural or GuitarML JSON',
  );
}
