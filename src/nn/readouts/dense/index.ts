import { EddyError } from '../../../core/errors.js';
import { requireCount } from '../../cells/cell.js';

const activations = ['linear', 'sigmoid', 'softmax'] as const;

export type DenseActivation = (typeof activations)[number];

/** The readout in a model's definition: made by `dense(1)`. */
export interface ReadoutSpec {
  readonly units: number;
  readonly activation: DenseActivation;
  /** The activation, as the kernel numbers it. */
  readonly variant: number;
}

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
  return { units, activation, variant };
}
