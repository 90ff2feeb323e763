import { requireCount } from '../../cells/cell.js';
import type { Schedule, ScheduleMember } from '../schedule.js';

/**
 * A straight rise over the first `updates`: f(k) = k/updates for k ≤ updates, times `then`, whose updates count from the end of the rise
 * (before it they are its first).
 *
 *     createLearner(model, { …, optimizer: adam(1e-3), schedule: warmUp(500, cosine(50_000)) })
 *
 * Goyal et al. 2017, arXiv:1706.02677 (section 2.2).
 *
 * @throws EddyError `invalid-option` unless `updates` is a whole number ≥ 1.
 */
export function warmUp(updates: number, then: Schedule = () => 1): Schedule {
  requireCount('warmUp', 'updates', updates);
  return (update) => Math.min(1, update / updates) * then(Math.max(1, update - updates));
}
warmUp.member = {
  name: 'warmUp',
  example: () => warmUp(10),
} satisfies ScheduleMember;
