import { requireFactor, type Schedule, type ScheduleMember } from '../schedule.js';

/**
 * The same factor at every update k: f(k) = factor.
 *
 *     createLearner(model, { …, optimizer: sgd(0.1), schedule: warmUp(100, constant(0.5)) })
 *
 * @param factor ≥ 0, default 1
 * @throws EddyError `invalid-option` on a factor out of range.
 */
export function constant(factor = 1): Schedule {
  requireFactor('constant', 'factor', factor, 0, Number.POSITIVE_INFINITY);
  return () => factor;
}
constant.member = {
  name: 'constant',
  example: () => constant(0.5),
} satisfies ScheduleMember;
