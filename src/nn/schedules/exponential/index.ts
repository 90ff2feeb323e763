import { pow } from '../../../math/functions.js';
import { requireCount } from '../../cells/cell.js';
import { requireFactor, type Schedule, type ScheduleMember } from '../schedule.js';

/**
 * A smooth fall by `decay` every `every` updates, from 1 at the first: f(k) = decay^((k − 1)/every), not below `floor`.
 *
 *     createLearner(model, { …, optimizer: adam(1e-3), schedule: exponential(0.5, { every: 10_000, floor: 0.05 }) })
 *
 * PyTorch's ExponentialLR, with every = 1.
 *
 * @param decay above 0, at most 1
 * @throws EddyError `invalid-option` on a number out of range.
 */
export function exponential(
  decay: number,
  { every = 1, floor = 0 }: { every?: number; floor?: number } = {},
): Schedule {
  requireFactor('exponential', 'decay', decay, Number.MIN_VALUE, 1);
  requireCount('exponential', 'every', every);
  requireFactor('exponential', 'floor', floor, 0, 1);
  return (update) => Math.max(floor, pow(decay, (update - 1) / every));
}
exponential.member = {
  name: 'exponential',
  example: () => exponential(0.5, { every: 10 }),
} satisfies ScheduleMember;
