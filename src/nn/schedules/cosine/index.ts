import { cos } from '../../../math/functions.js';
import { requireCount } from '../../cells/cell.js';
import { requireFactor, type Schedule, type ScheduleMember } from '../schedule.js';

/**
 * Half a cosine from 1 at the first update down to `floor`, which update `updates` + 1 and all later ones have:
 * f(k) = floor + (1 − floor) · ½ (1 + cos(π (k − 1)/updates)).
 *
 *     createLearner(model, { …, optimizer: adam(1e-3), schedule: cosine(50_000, { floor: 0.1 }) })
 *
 * Loshchilov & Hutter 2017, arXiv:1608.03983 (equation 5, one period).
 *
 * @throws EddyError `invalid-option` unless `updates` is a whole number ≥ 1 and `floor` from 0 to 1.
 */
export function cosine(updates: number, { floor = 0 }: { floor?: number } = {}): Schedule {
  requireCount('cosine', 'updates', updates);
  requireFactor('cosine', 'floor', floor, 0, 1);
  return (update) => floor + (1 - floor) * 0.5 * (1 + cos((Math.PI * Math.min(update - 1, updates)) / updates));
}
cosine.member = {
  name: 'cosine',
  example: () => cosine(100, { floor: 0.1 }),
} satisfies ScheduleMember;
