import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { EMPTY, from, NEVER, Observable, repeat, retry, Subject, take } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it, vi } from 'vitest';
import { asOperator } from '../../../operators/streams/asOperator.js';
import type { Stage } from '../../../src/core/stage.js';
import { type OperatorUnderTest, openBench } from './operatorUnderTest.js';
import { refusalLaws } from './refusalLaws.js';
import { drain, observe, Source, worlds } from './worlds.js';

// Each law runs many streams in all worlds: on a busy machine five seconds are not enough.
vi.setConfig({ testTimeout: 60_000 });

/** The laws that every operator keeps, in RxJS, Node, Web and generator streams alike. */
export function describeOperator<In, Out>(name: string, subject: OperatorUnderTest<In, Out>): void {
  const { operator, open, bad, tolerant, failingStage } = subject;
  const failing =
    subject.failing ?? (failingStage && ((when: () => boolean, error: Error) => asOperator(failingStage(when, error))));
  const bench = openBench(subject);
  const { samples, some, law, live } = bench;

  describe(`${name} keeps the laws of operators:`, () => {
    it('leaves no law out without a reason', () => {
      const asked = { open, bad, tolerant, failing };
      const left = Object.entries(asked).filter(([, given]) => given === undefined);
      expect(Object.keys(subject.without ?? {}).sort()).toEqual(left.map(([which]) => which).sort());
    });

    it('emits in the turn of its sample, ends with its source, and is gone where its subscriber left', () =>
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

    it('ends on an empty source, and stays silent on one that never emits', () =>
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
        const emitted = live(past).out;
        for (const then of [future, other])
          expect(live([...past, ...then]).out.slice(0, emitted.length)).toEqual(emitted);
      }));

    it('starts from the initial state for each subscription: two at once, repeat, retry', () =>
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

    refusalLaws({ ...subject, ...(failing && { failing }) }, bench);
  });
}
