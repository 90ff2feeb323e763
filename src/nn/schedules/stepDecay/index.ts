import { pow } from '../../../math/functions.js';
import { requireCount } from '../../cells/cell.js';
import { requireFactor, type Schedule, type ScheduleMember } from '../schedule.js';

/**
 * A fall by `decay` after every `every` updates, at once: f(k) = decay^⌊(k − 1)/every⌋.
 *
 *     createLearner(model, { …, optimizer: sgd(0.1), schedule: stepDecay(0.1, 10_000) })
 *
 * PyTorch's StepLR.
 *
 * @param decay above 0, at most 1
 * @throws EddyError `invalid-option` on a number out of range.
 */
export function stepDecay(decay: number, every: number): Schedule {
  requireFactor('stepDecay', 'decay', decay, Number.MIN_VALUE, 1);
  requireCount('stepDecay', 'every', every);
  return (update) => pow(decay, Math.floor((update - 1) / every));
}
stepDecay.member = {
  name: 'stepDecay',
  example: () => stepDecay(0.1, 10),
} satisfies ScheduleMember;
