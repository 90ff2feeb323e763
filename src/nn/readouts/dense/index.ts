import { EddyError } from '../../../core/errors.js';
import { requireCount } from '../../cells/cell.js';
import { activations, type DenseActivation, type Readout, type ReadoutSpec } from '../readout.js';

const readout: Readout = {
  name: 'dense',
  activations,
  create: (units, { activation }) => dense(units, { activation }),
};

/**
 * The readout y = φ(W h + b) on the last layer's h; φ is linear by default.
 *
 *     dense(3, { activation: 'softmax' })
 *
 * @throws EddyError `invalid-option` unless `units` is a whole number ≥ 1 and the activation is one of these three.
 */
export function dense(units: number, { activation = 'linear' }: { activation?: DenseActivation } = {}): ReadoutSpec {
  requireCount('dense', 'units', units);
  const variant = activations.indexOf(activation);
  if (variant < 0) {
    throw new EddyError(
      'invalid-option',
      `dense: activation must be one of ${activations.join(', ')}, got ${activation}`,
    );
  }
  return { readout, units, activation, variant };
}
dense.readout = readout;
