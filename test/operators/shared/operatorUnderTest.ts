import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { type OperatorFunction, Subject } from 'rxjs';
import { expect } from 'vitest';
import type { OnInvalid } from '../../../src/core/onInvalid.js';
import type { Stage } from '../../../src/core/stage.js';

/** What the laws need to know of an operator. */
export interface OperatorUnderTest<In, Out> {
  /** Makes the operator. */
  operator: () => OperatorFunction<In, Out>;
  /** One good sample. */
  sample: fc.Arbitrary<In>;
  /** Its stage, with the operator's options. Leave out where there is none: then nothing is cut and restored. */
  open?: () => Stage<In, Out>;
  /** Samples that must be refused (not null: a Node stream cannot carry it); with `tolerant` where the operator has an `onInvalid` option. */
  bad?: readonly In[];
  tolerant?: (onInvalid: OnInvalid) => OperatorFunction<In, Out>;
  /** The operator with a user callback that throws `error` at each sample for which `when` says so. */
  failing?: (when: () => boolean, error: Error) => OperatorFunction<In, Out>;
  /** In place of `failing`: its stage, whose state must then be as it was, too. */
  failingStage?: (when: () => boolean, error: Error) => () => Stage<In, Out>;
  /** Why a law cannot be asked of it; each of these that is left out above must stand here. */
  without?: Partial<Record<'open' | 'bad' | 'tolerant' | 'failing', string>>;
  /** What is in use (heap bytes, live stages); back to where it was once every stream is gone. */
  inUse?: () => number;
  /** Runs of each property. Default 25. */
  runs?: number;
}

/** What every law is asked with. */
export type Bench<In, Out> = ReturnType<typeof openBench<In, Out>>;

export function openBench<In, Out>({ operator, sample, inUse = () => 0, runs = 25 }: OperatorUnderTest<In, Out>) {
  const samples = fc.array(sample, { maxLength: 30 });
  const some = fc.array(sample, { minLength: 1, maxLength: 30 });
  const law = <T>(arbitrary: fc.Arbitrary<T>, check: (value: T) => void | Promise<void>) =>
    fc.assert(
      fc.asyncProperty(arbitrary, async (value) => {
        const before = inUse();
        await check(value);
        for (let i = 0; i < 3; i++) await turn();
        expect(inUse(), 'in use after the streams are gone').toBe(before);
      }),
      { numRuns: runs },
    );
  /** What comes out of the samples as they come, without what is emitted at completion. */
  const live = (values: readonly In[], op = operator()) => {
    const input = new Subject<In>();
    const out: Out[] = [];
    const errors: unknown[] = [];
    const run = input.pipe(op).subscribe({ next: (value) => out.push(value), error: (error) => errors.push(error) });
    const marks = values.map((value) => {
      input.next(value);
      return out.length;
    });
    run.unsubscribe();
    return { out, marks, errors };
  };
  return { samples, some, law, live };
}
