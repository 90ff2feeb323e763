import type { LayerSpec } from '../cells/cell.js';
import { requireCount } from '../cells/cell.js';
import { EddyError } from '../errors.js';
import type { ReadoutSpec } from '../readouts/dense/index.js';

/** What `createModel` takes. */
export interface ModelSpec {
  /** Numbers in a sample. */
  readonly input: number;
  /** From the input up. */
  readonly layers: readonly LayerSpec[];
  /** Left out: the last layer's h is the output. */
  readonly output?: ReadoutSpec;
  /** Of the initial weights, a whole number ≥ 0. Default 0. */
  readonly seed?: number;
}

/** Fails with `invalid-option` on a definition that no model can have. */
export function checkDefinition({ input, layers }: ModelSpec): void {
  requireCount('createModel', 'input', input);
  if (!Array.isArray(layers) || layers.length === 0) {
    throw new EddyError('invalid-option', 'createModel: layers must be a list of at least one layer, e.g. [lstm(32)]');
  }
  for (const [index, layer] of layers.entries()) {
    if (layer?.cell?.kind === undefined) {
      throw new EddyError(
        'invalid-option',
        `createModel: layers[${index}] must be made by a cell, e.g. lstm(32), got ${JSON.stringify(layer)}`,
      );
    }
  }
}
