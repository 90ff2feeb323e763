import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { EMPTY, from, NEVER, Observable, type OperatorFunction, repeat, retry, Subject, take } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it, vi } from 'vitest';
import { asOperator } from '../../operators/asOperator.js';
import type { OnInvalid } from '../../src/onInvalid.js';
import type { Stage } from '../../src/stage.js';
import { drain, observe, Source, worlds } from './worlds.js';

// Each law runs many streams in all worlds: on a busy machine five seconds are not enough.
vi.setConfig({ testTimeout: 60_000 });

/** What the laws need to know of an operator. */
export interface OperatorUnderTest<In, Out> {
  /** The operator, made anew. */
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

/** The laws that every operator keeps, in RxJS, Node, Web and generator streams alike. */
export function describeOperator<In, Out>(name: string, subject: OperatorUnderTest<In, Out>): void {
  const { operator, sample, open, bad = [], tolerant, failingStage, inUse = () => 0, runs = 25 } = subject;
  const failing =
    subject.failing ?? (failingStage && ((when: () => boolean, error: Error) => asOperator(failingStage(when, error))));
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
  /** What comes out of the samples as they come, without the last words at completion. */
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

  describe(`${name} keeps the laws of operators:`, () => {
    it('leaves no law out without a reason', () => {
      const asked = { open, bad: subject.bad, tolerant, failing };
      const left = Object.entries(asked).filter(([, given]) => given === undefined);
      expect(Object.keys(subject.without ?? {}).sort()).toEqual(left.map(([which]) => which).sort());
    });

    it('speaks in the turn of its sample, ends with its source, and is gone where its subscriber left', () =>
      law(fc.tuple(samples, fc.nat(30)), ([values, leaves]) => {
        const { out, marks } = live(values);
        const whole = observe(operator(), values).out;
        // The first sample comes in frame 1, the end one frame after the last.
        const spoken = (until: number): [frame: number, value: Out][] =>
          marks.flatMap((mark, i) =>
            i + 1 < until ? out.slice(marks[i - 1] ?? 0, mark).map((o): [number, Out] => [i + 1, o]) : [],
          );
        const play = (end: number | undefined) => {
          const heard: [number, unknown][] = [];
          const scheduler = new TestScheduler(() => {});
          return scheduler.run(({ flush }) => {
            const at = (frame: number, act: () => void) => scheduler.schedule(act, frame);
            const input = new Subject<In>();
            const run = input.pipe(operator()).subscribe({
              next: (value) => heard.push([scheduler.frame, value]),
              complete: () => heard.push([scheduler.frame, 'end']),
            });
            for (const [i, value] of values.entries()) at(i + 1, () => input.next(value));
            at(values.length + 1, () => input.complete());
            let observed = true;
            if (end !== undefined) {
              at(end, () => {
                run.unsubscribe();
                observed = input.observed;
              });
            }
            flush();
            return { heard, observed };
          });
        };
        const last = values.length + 1;
        const words = whole.slice(out.length).map((o): [number, Out] => [last, o]);
        expect(play(undefined).heard).toEqual([...spoken(last), ...words, [last, 'end']]);
        const left = Math.min(leaves, values.length);
        // What was scheduled first for a frame runs first in it: the sample of that frame is still heard.
        expect(play(left)).toEqual({ heard: spoken(left + 1), observed: false });
      }));

    it('takes a sample that its own output sends back into the source as the next one', () =>
      law(samples, (values) => {
        const input = new Subject<In>();
        const out: Out[] = [];
        let next = 0;
        const feed = () => {
          if (next < values.length) input.next(values[next++]);
        };
        const run = input.pipe(operator()).subscribe((value) => {
          out.push(value);
          feed();
        });
        while (next < values.length) feed();
        run.unsubscribe();
        expect(out).toEqual(live(values).out);
      }));

    it('ends on an empty source, and stays silent on one that never speaks', () =>
      law(fc.constant(null), async () => {
        const { error } = observe(operator(), []);
        expect(error).toBeUndefined();
        for (const world of Object.values(worlds))
          expect(await drain(world(operator(), new Source([])))).toEqual(observe(operator(), []));
        const heard: unknown[] = [];
        EMPTY.pipe(operator()).subscribe({ complete: () => heard.push('end') });
        const note = (what: unknown) => heard.push(what);
        NEVER.pipe(operator())
          .subscribe({ next: note, error: note, complete: () => note('never') })
          .unsubscribe();
        expect(heard).toEqual(['end']);
      }));

    it('says the same in every stream world', () =>
      law(samples, async (values) => {
        const expected = observe(operator(), values);
        expect(expected.error).toBeUndefined();
        for (const [world, through] of Object.entries(worlds)) {
          const source = new Source(values);
          expect(await drain(through(operator(), source)), world).toEqual(expected);
          expect(source.open, world).toBe(0);
        }
      }));

    it('is causal: later samples never change earlier outputs', () =>
      law(fc.tuple(samples, samples, samples), ([past, future, other]) => {
        const said = live(past).out;
        for (const then of [future, other]) expect(live([...past, ...then]).out.slice(0, said.length)).toEqual(said);
      }));

    it('starts afresh for each subscription: two at once, repeat, retry', () =>
      law(samples, (values) => {
        const shared = operator();
        const alone = live(values).out;
        const inputs = [new Subject<In>(), new Subject<In>()];
        const outs = inputs.map((input) => {
          const out: Out[] = [];
          input.pipe(shared).subscribe((value) => out.push(value));
          return out;
        });
        for (const value of values) for (const input of inputs) input.next(value);
        expect(outs).toEqual([alone, alone]);
        for (const input of inputs) input.complete();

        const whole = observe(operator(), values).out;
        const twice: Out[] = [];
        from(values)
          .pipe(shared, repeat(2))
          .subscribe((value) => twice.push(value));
        expect(twice).toEqual([...whole, ...whole]);

        let attempts = 0;
        const flaky = new Observable<In>((subscriber) => {
          for (const value of values) subscriber.next(value);
          if (attempts++ === 0) subscriber.error(new Error('flaky'));
          else subscriber.complete();
        });
        const retried: Out[] = [];
        flaky.pipe(shared, retry(1)).subscribe((value) => retried.push(value));
        expect(retried).toEqual([...alone, ...whole]);
      }));

    it('passes a source error on, after what came before it', () =>
      law(samples, async (values) => {
        const failure = new Error('source');
        const expected = { out: live(values).out, error: failure };
        expect(observe(operator(), new Source(values, failure))).toEqual(expected);
        for (const [world, through] of Object.entries(worlds)) {
          const source = new Source(values, failure);
          const { out, error } = await drain(through(operator(), source));
          expect(error, world).toBe(failure);
          // Node and Web streams drop what was emitted and not yet read when they fail.
          expect(out, world).toEqual(expected.out.slice(0, out.length));
          if (world === 'generator') expect(out).toEqual(expected.out);
        }
      }));

    it('lets go of its source at once: unsubscribed at any point, or by take in a synchronous firehose', () =>
      law(fc.tuple(some, fc.nat(30)), ([values, point]) => {
        const input = new Subject<In>();
        const run = input.pipe(operator()).subscribe();
        for (const value of values.slice(0, point)) input.next(value);
        run.unsubscribe();
        expect(input.observed).toBe(false);

        const wanted = 1 + (point % 4);
        const out: Out[] = [];
        let went = 'to its end';
        const firehose = new Observable<In>((subscriber) => {
          for (let sent = 0; !subscriber.closed && sent < 3000; sent += values.length) {
            for (const value of values) if (!subscriber.closed) subscriber.next(value);
          }
          if (out.length === wanted) went = subscriber.closed ? 'until the last output' : 'past the last output';
          subscriber.complete();
        });
        firehose.pipe(operator(), take(wanted)).subscribe((value) => out.push(value));
        expect(out.length).toBeLessThanOrEqual(wanted);
        expect(went).not.toBe('past the last output');
      }));

    it('frees everything when a reader leaves at any point, in every stream world', () =>
      law(fc.tuple(samples, fc.nat(10)), async ([values, point]) => {
        for (const [world, through] of Object.entries(worlds)) {
          const source = new Source(values);
          let read = 0;
          for await (const _ of through(operator(), source)) if (read++ >= point) break;
          for (let i = 0; i < 3; i++) await turn();
          expect(source.open, world).toBe(0);
        }
      }));

    it('ends and frees everything when it is aborted at any point, in every stream world', () =>
      law(fc.tuple(samples, fc.nat(10)), async ([values, point]) => {
        for (const [world, through] of Object.entries(worlds)) {
          const source = new Source(values);
          const abort = new AbortController();
          const stream = through(operator(), source, abort.signal)[Symbol.asyncIterator]();
          const read = async () => {
            for (let n = 0; ; n++) {
              if (n === point) abort.abort();
              if ((await stream.next()).done) return;
            }
          };
          await read().catch(() => {});
          abort.abort();
          for (let i = 0; i < 3; i++) await turn();
          expect(source.open, world).toBe(0);
        }
      }));

    if (open) {
      it('goes on bit for bit from a snapshot taken anywhere', () =>
        law(fc.tuple(samples, fc.nat(30)), ([values, at]) => {
          const cut = Math.min(at, values.length);
          const play = (stage: Stage<In, Out>, part: readonly In[]) => {
            const out: Out[] = [];
            for (const value of part) stage.step(value, (o) => out.push(o));
            return out;
          };
          const end = (stage: Stage<In, Out>) => {
            const out: Out[] = [];
            stage.complete?.((o) => out.push(o));
            return out;
          };
          const [first, second] = [open(), open()];
          play(first, values.slice(0, cut));
          const record = first.snapshot?.();
          if (record) second.restore?.(record);
          const frozen = structuredClone(record);
          const rest = play(first, values.slice(cut));
          expect(record, 'a snapshot is a copy').toEqual(frozen);
          expect(play(second, values.slice(cut))).toEqual(rest);
          expect(second.snapshot?.()).toEqual(first.snapshot?.());
          expect(end(second)).toEqual(end(first));
          for (const stage of [first, second, first]) stage.dispose();
        }));
    }

    if (bad.length > 0) {
      const badOne = fc.constantFrom(...bad);
      it('fails on a bad sample with a typed error, after what came before it', () =>
        law(fc.tuple(samples, badOne, samples), async ([before, wrong, after]) => {
          const values = [...before, wrong, ...after];
          const refusal = expect.objectContaining({ name: 'EddyError', code: 'invalid-sample' });
          expect(live(values)).toMatchObject({ out: live(before).out, errors: [refusal] });
          for (const [world, through] of Object.entries(worlds)) {
            const source = new Source(values);
            expect((await drain(through(operator(), source))).error, world).toEqual(refusal);
            for (let i = 0; i < 3; i++) await turn();
            expect(source.open, world).toBe(0);
          }
        }));

      if (open) {
        it('is as it was after refusing a bad sample', () =>
          law(fc.tuple(samples, badOne), ([before, wrong]) => {
            const stage = open();
            for (const value of before) stage.step(value, () => {});
            const was = stage.snapshot?.();
            expect(() => stage.step(wrong, () => expect.fail('emitted on a bad sample'))).toThrow();
            expect(stage.snapshot?.()).toEqual(was);
            stage.dispose();
          }));
      }

      if (tolerant) {
        const mixed = fc.array(
          fc.oneof({ weight: 3, arbitrary: fc.record({ good: sample }) }, fc.record({ bad: badOne })),
          {
            maxLength: 30,
          },
        );
        it('skips or holds bad samples as if the source had done so', () =>
          law(mixed, async (items) => {
            const values = items.map((item) => ('good' in item ? item.good : item.bad));
            const good = items.flatMap((item) => ('good' in item ? [item.good] : []));
            const held: In[] = [];
            for (const item of items) {
              const last = held.at(-1);
              if ('good' in item) held.push(item.good);
              else if (last !== undefined) held.push(last);
            }
            for (const [policy, clean] of [
              ['skip', good],
              ['hold', held],
            ] as const) {
              const expected = observe(operator(), clean);
              expect(observe(tolerant(policy), values), policy).toEqual(expected);
              for (const [world, through] of Object.entries(worlds)) {
                expect(await drain(through(tolerant(policy), new Source(values))), `${policy}, ${world}`).toEqual(
                  expected,
                );
              }
            }
          }));
      }
    }

    if (failingStage) {
      it('is as it was after what a user callback throws', () =>
        law(some, (values) => {
          let fails = false;
          const stage = failingStage(() => fails, new Error('callback'))();
          for (const value of values) stage.step(value, () => {});
          const was = stage.snapshot?.();
          fails = true;
          expect(() => stage.step(values[0], () => expect.fail('emitted'))).toThrow('callback');
          expect(stage.snapshot?.()).toEqual(was);
          stage.dispose();
        }));
    }

    if (failing) {
      it('fails with what a user callback throws, and says nothing after it', () =>
        law(fc.tuple(some, fc.nat()), async ([values, n]) => {
          const at = n % values.length;
          const error = new Error('callback');
          const op = () => {
            let calls = 0;
            return failing(() => calls++ === at, error);
          };
          const seen = live(values, op());
          expect(seen.errors).toEqual([error]);
          for (const [world, through] of Object.entries(worlds)) {
            const source = new Source(values);
            expect((await drain(through(op(), source))).error, world).toBe(error);
            for (let i = 0; i < 3; i++) await turn();
            expect(source.open, world).toBe(0);
          }
        }));
    }
  });
}
