import { from, map, of, Subject, take } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { ticks, withInputs } from '../../../operators/streams/withInputs.js';

const marbles = (test: Parameters<TestScheduler['run']>[0]) =>
  new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(test);
const tag = (label: string) => ({ label });
const values = { 1: { sample: '1' }, 2: { sample: '2' }, a: tag('a'), b: tag('b'), c: tag('c') };

describe('withInputs', () => {
  it('merges samples and labels in the order of their coming, and ends with the samples', () =>
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const samples = hot(' --1-----2-----|');
      const labels = hot('  ----a------b----c--|');
      const expected = '    --1-a---2--b--|';
      const subs = '        ^-------------!';
      expectObservable(samples.pipe(withInputs([labels.pipe(map(tag))]))).toBe(expected, values);
      expectSubscriptions(samples.subscriptions).toBe(subs);
      expectSubscriptions(labels.subscriptions).toBe(subs);
    }));

  it('waits for late labels until all have ended, when asked', () =>
    marbles(({ hot, expectObservable }) => {
      const samples = hot(' --1-----2-----|');
      const labels = hot('  ----a------b----c--|');
      const expected = '    --1-a---2--b----c--|';
      expectObservable(samples.pipe(withInputs([labels.pipe(map(tag))], { until: 'all' }))).toBe(expected, values);
    }));

  it('outlives labels that end first', () =>
    marbles(({ hot, expectObservable }) => {
      const labels = hot('--a|').pipe(map(tag));
      expectObservable(hot('-1----2|').pipe(withInputs([labels]))).toBe('-1a---2|', values);
    }));

  it('fails with any of its inputs, and lets go of the others', () =>
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const samples = hot('--1-----2-----|');
      const labels = hot(' ----#');
      expectObservable(samples.pipe(withInputs([labels]))).toBe('--1-#', values);
      expectSubscriptions(samples.subscriptions).toBe('^---!');
    }));

  it('lets go of everything when the reader leaves', () =>
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const samples = hot('--1-----2-----|');
      const labels = hot(' -----a--------');
      expectObservable(samples.pipe(withInputs([labels.pipe(map(tag))])), '------!').toBe('--1--a-', values);
      expectSubscriptions(samples.subscriptions).toBe('^-----!');
      expectSubscriptions(labels.subscriptions).toBe('^-----!');
    }));

  it('shows the sample before the label that the same event brings', () => {
    const events = new Subject<string>();
    const out: unknown[] = [];
    events.pipe(withInputs([events.pipe(map(tag))])).subscribe((value) => out.push(value));
    events.next('x');
    expect(out).toEqual([{ sample: 'x' }, { label: 'x' }]);
  });

  it('stops a synchronous source at once', () => {
    let pulled = 0;
    function* endless() {
      for (;;) yield pulled++;
    }
    from(endless())
      .pipe(withInputs([of({ label: 1 })]), take(3))
      .subscribe();
    expect(pulled).toBeLessThanOrEqual(4);
  });

  it('merges a clock that a TestScheduler drives, and stops it with the samples', () =>
    marbles(({ hot, expectObservable }) => {
      const samples = hot(' -1----2---|');
      const expected = '    -1--s-2-t-|';
      const clocked = samples.pipe(withInputs([ticks(4)]));
      expectObservable(clocked).toBe(expected, { ...values, s: { tick: 4 }, t: { tick: 8 } });
    }));

  it('checks its options at the call', () => {
    expect(() => ticks(0)).toThrow('ms must be above 0');
    expect(() => ticks(2 ** 31)).toThrow(expect.objectContaining({ code: 'invalid-option' }));
  });
});
