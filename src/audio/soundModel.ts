import { gru } from '../nn/cells/gru/index.js';
import { lstm } from '../nn/cells/lstm/index.js';
import { rnn } from '../nn/cells/rnn/index.js';
import type { ModelSpec } from '../nn/model/definition.js';
import { dense } from '../nn/readouts/dense/index.js';

/** The cells that a sound's model may be made of. */
export const soundCells = { lstm, gru, rnn } as const;
export type SoundCell = keyof typeof soundCells;

export interface SoundModelOptions {
  /** Default 'lstm'. */
  readonly cell?: SoundCell;
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
 */
export function soundModel({ cell = 'lstm', units = 32, seed = 0 }: SoundModelOptions = {}): ModelSpec {
  return { input: 1, layers: [soundCells[cell](units)], output: dense(1), skip: true, seed };
}
