import type { JsonObject } from '../../checkpoint/json.js';
import type { Safetensors } from '../../checkpoint/safetensors.js';
import type { Imported } from '../import/imported.js';
import type { KerasOptions } from '../import/keras.js';
import type { PytorchOptions } from '../import/pytorch.js';

export interface ImportOptions extends PytorchOptions, KerasOptions {
  /** The shards of a tfjs `model.json`, by the paths that it names. */
  readonly shards?: Readonly<Record<string, Uint8Array>>;
}

/** A file of weights as far as every format looks at it: parsed once, by what it begins with. */
export type FileContent =
  | { readonly safetensors: Safetensors }
  | { readonly json: JsonObject; readonly text: string }
  | { readonly bytes: Uint8Array };

/** A format of weights: its folder of readers and writers, behind one declaration that the registry finds. */
export interface WeightsFormat {
  /** What `eddy convert --to` and results call it. */
  readonly name: string;
  /** Whether a file's content is of it; of all formats one says so. */
  is(content: FileContent): boolean;
  /** @throws EddyError `invalid-file` */
  read(file: Uint8Array, content: FileContent, options: ImportOptions): Imported;
  /** Left out: it is only read. @throws EddyError `invalid-option` on a model that the format cannot hold */
  write?(model: Imported): string | Uint8Array;
  /** The ending of files that are written in it where no other is asked for. */
  readonly ending?: string;
  /** The paths of further files that one names. */
  shards?(content: FileContent): string[];
}

/** The text of JSON content; '' for content of another kind. */
export const textOf = (content: FileContent): string => ('text' in content ? content.text : '');

/** Whether a safetensors file has a tensor whose name fits. */
export const hasTensor = (content: FileContent, name: RegExp): boolean =>
  'safetensors' in content && [...content.safetensors.tensors.keys()].some((one) => name.test(one));

/** Whether a safetensors file is eddy's own. */
export const isEddy = (content: FileContent): boolean =>
  'safetensors' in content && content.safetensors.metadata.format === 'eddy';

/** Whether JSON content has one of the fields. */
export const hasField = (content: FileContent, ...names: readonly string[]): boolean =>
  'json' in content && names.some((name) => content.json[name] !== undefined);
