import {
  asyncScheduler,
  endWith,
  interval,
  map,
  merge,
  type Observable,
  type OperatorFunction,
  type SchedulerLike,
  takeWhile,
} from 'rxjs';
import { EddyError } from '../../src/core/errors.js';

export interface WithInputsOptions {
  /**
   * When the merged stream completes: as soon as the samples have ended (default), or once the other inputs have too.
   * Clocks never end: keep them out of `all`, or the stream will not either.
   */
  until?: 'samples' | 'all';
  /** Which are subscribed first: the samples (default), or the inputs, as fits settings that must stand before a sample comes. */
  first?: 'samples' | 'inputs';
}

/**
 * Merges other inputs into a stream of samples as tagged values, so that a stage with labels, commands or a clock stays
 * one synchronous function of one input.
 *
 *     samples                          --1-----2-----|
 *     labels  (of { label })           -----a-----b-----c-|
 *     withInputs([labels])             --1--a--2--b--|
 *     withInputs([labels], 'all')      --1--a--2--b-----c-|      1 is { sample: 1 }, a is { label: 'a' }
 *
 * The samples are subscribed first (see `first`): of a sample and a label that one event brings, the sample is seen first.
 *
 * - Emits:  `{ sample }` for each sample and the other inputs' values as they are, in the order of their coming.
 * - Fails:  with the error of any input, and with `invalid-option` at the call.
 * - State:  none.
 */
export function withInputs<Sample, Side>(
  sides: readonly Observable<Side>[],
  { until = 'samples', first = 'samples' }: WithInputsOptions = {},
): OperatorFunction<Sample, { sample: Sample } | Side> {
  if (until !== 'samples' && until !== 'all') {
    throw new EddyError('invalid-option', `withInputs: until must be 'samples' or 'all', got ${until}; leave it out`);
  }
  if (first !== 'samples' && first !== 'inputs') {
    throw new EddyError(
      'invalid-option',
      `withInputs: first must be 'samples' or 'inputs', got ${first}; leave it out`,
    );
  }
  return (source) => {
    const samples = source.pipe(map((sample) => ({ sample })));
    if (sides.length === 0) return samples;
    const inOrder = <S>(main: Observable<S>): readonly Observable<S | Side>[] =>
      first === 'inputs' ? [...sides, main] : [main, ...sides];
    if (until === 'all') return merge(...inOrder(samples));
    return merge(...inOrder(samples.pipe(endWith(END)))).pipe(
      takeWhile((value): value is { sample: Sample } | Side => value !== END),
    );
  };
}

const END = Symbol('end of the samples');

/**
 * A clock to merge in: `{ tick: now }` every `ms` milliseconds of the scheduler's time. A TestScheduler drives it in tests.
 */
export function ticks(ms: number, scheduler: SchedulerLike = asyncScheduler): Observable<{ tick: number }> {
  if (!(ms > 0 && ms < 2 ** 31)) {
    throw new EddyError('invalid-option', `ticks: ms must be above 0 and below 2^31 (a timer's limit), got ${ms}`);
  }
  return interval(ms, scheduler).pipe(map(() => ({ tick: scheduler.now() })));
}
