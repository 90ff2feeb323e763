import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Bench, OperatorUnderTest } from './operatorUnderTest.js';
import { drain, observe, Source, worlds } from './worlds.js';

/** The laws of what is refused: bad samples, and callbacks that throw. */
export function refusalLaws<In, Out>(
  { operator, sample, open, bad = [], tolerant, failing, failingStage }: OperatorUnderTest<In, Out>,
  { samples, some, law, live }: Bench<In, Out>,
): void {
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
}
