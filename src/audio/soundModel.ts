import { EddyError } from '../core/errors.js';
import { cells } from '../nn/cells/registry.js';
import type { ModelSpec } from '../nn/model/definition.js';
import { dense } from '../nn/readouts/dense/index.js';

export interface SoundModelOptions {
  /** The name of any cell. Default 'lstm'. */
  readonly cell?: string;
  /** Default 32. */
  readonly units?: number;
  /** Of the initial weights. Default 0. */
  readonly seed?: number;
}

/**
 * A network that turns one sample of a sound into one: a recurrent layer, a linear readout, and a skip connection, so that it learns what to
 * change. The shape of guitar amplifier models (Wright et al. 2019): GuitarML and RTNeural players take it.
 *
 *     const model = await createModel(soundModel({ units: 16 }));
 *
 * @throws EddyError `invalid-option` on a name that no cell has, and on what the cell itself refuses.
 */
export function soundModel({ cell = 'lstm', units = 32, seed = 0 }: SoundModelOptions = {}): ModelSpec {
  const found = cells.find(cell);
  if (!found) {
    throw new EddyError(
      'invalid-option',
      `soundModel: cell must be one of ${cells.names}, got ${cell}; leave it out for lstm`,
    );
  }
  return { input: 1, layers: [found.create(units, {})], output: dense(1), skip: true, seed };
}
