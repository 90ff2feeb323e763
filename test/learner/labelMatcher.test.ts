import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LabelMatcher } from '../../src/learner/labelMatcher.js';

/** The index that a label finds. */
function find(matcher: LabelMatcher, id: number | string): number | undefined {
  let found: number | undefined;
  matcher.match(id, (index) => {
    found = index;
  });
  return found;
}

/** The definition: all samples kept, all looked at. */
function reference(maxLag: number, tolerance?: number) {
  const samples: { id: number; index: number; labelled: boolean }[] = [];
  const counts = { late: 0, lost: 0 };
  return {
    counts,
    add(id: number, index: number) {
      samples.push({ id, index, labelled: false });
      const gone = samples[samples.length - maxLag - 2];
      if (gone && !gone.labelled) counts.lost++;
    },
    find(id: number) {
      const near = samples.slice(-maxLag - 1);
      let best: (typeof samples)[number] | undefined;
      for (const sample of near) {
        const distance = Math.abs(sample.id - id);
        const nearer = !best || distance < Math.abs(best.id - id) || sample.id === best.id;
        if (distance <= (tolerance ?? 0) && nearer) best = sample;
      }
      if (best) best.labelled = true;
      else counts.late++;
      return best?.index;
    },
  };
}

interface Matcher {
  add(id: number, index: number): void;
  find(id: number): number | undefined;
}
type Move = { add: number } | { find: number };
const moves = fc.array(fc.oneof(fc.record({ add: fc.nat(3) }), fc.record({ find: fc.oneof(fc.nat(4), fc.nat(60)) })), {
  maxLength: 60,
  size: 'medium',
});
/** By time an `add` is a step of the clock, by id the id itself. */
function play(matcher: Matcher, some: Move[], byTime: boolean, start = { index: 0, time: 0 }): unknown[] {
  return some.map((move) => {
    if ('find' in move) return matcher.find(move.find);
    start.index++;
    start.time += move.add;
    matcher.add(byTime ? start.time : move.add, start.index);
    return 'added';
  });
}

const finder = (matcher: LabelMatcher): Matcher => ({
  add: (id, index) => matcher.add(id, index),
  find: (id) => find(matcher, id),
});

describe.each([undefined, 0, 3])('a LabelMatcher with tolerance %s', (tolerance) => {
  const options = (maxLag: number) => (tolerance === undefined ? { maxLag } : { maxLag, tolerance });
  const byTime = tolerance !== undefined;

  it('finds what a search through all samples finds, and counts late labels and lost samples', () =>
    fc.assert(
      fc.property(moves, fc.nat(12), (some, maxLag) => {
        const matcher = new LabelMatcher('op', options(maxLag));
        const expected = reference(maxLag, tolerance);
        expect(play(finder(matcher), some, byTime)).toEqual(play(expected, some, byTime));
        expect({ late: matcher.late, lost: matcher.lost }).toEqual(expected.counts);
      }),
      { numRuns: 1000 },
    ));

  it('goes on from a snapshot as if never stopped', () =>
    fc.assert(
      fc.property(moves, moves, fc.nat(12), (past, future, maxLag) => {
        const [first, second] = [new LabelMatcher('op', options(maxLag)), new LabelMatcher('op', options(maxLag))];
        const at = { index: 0, time: 0 };
        play(finder(first), past, byTime, at);
        second.restore(structuredClone(first.snapshot()));
        expect(play(finder(second), future, byTime, { ...at })).toEqual(play(finder(first), future, byTime, { ...at }));
        expect(second.snapshot()).toEqual(first.snapshot());
      }),
    ));
});

describe('a LabelMatcher', () => {
  it('keeps a sample for several labels', () => {
    const matcher = new LabelMatcher('op', { maxLag: 2 });
    matcher.add('a', 1);
    expect([find(matcher, 'a'), find(matcher, 'a'), find(matcher, 'b')]).toEqual([1, 1, undefined]);
    expect({ late: matcher.late, lost: matcher.lost }).toEqual({ late: 1, lost: 0 });
  });

  it('shows no trace of a label that was refused', () => {
    const matcher = new LabelMatcher('op', { maxLag: 2 });
    matcher.add('a', 1);
    const was = matcher.snapshot();
    const refuse = () => {
      throw new Error('bad target');
    };
    expect(() => matcher.match('a', refuse)).toThrow('bad target');
    expect(matcher.snapshot()).toEqual(was);
  });

  it('takes the earlier of two samples that are equally near', () => {
    const matcher = new LabelMatcher('op', { maxLag: 5, tolerance: 2 });
    matcher.add(10, 1);
    matcher.add(12, 2);
    expect([7, 8, 11, 14, 15].map((time) => find(matcher, time))).toEqual([undefined, 1, 1, 2, undefined]);
  });

  it('forgets all at clear, and counts the samples that no label had found', () => {
    const matcher = new LabelMatcher('op', { maxLag: 5 });
    for (const [i, id] of ['a', 'b', 'c'].entries()) matcher.add(id, i + 1);
    find(matcher, 'b');
    matcher.clear();
    expect([find(matcher, 'a'), matcher.lost]).toEqual([undefined, 2]);
  });

  it('refuses a time that runs backwards and ids that are none, and is as it was', () => {
    const byTime = new LabelMatcher('op', { maxLag: 2, tolerance: 0 });
    byTime.add(5, 1);
    const was = byTime.snapshot();
    expect(() => byTime.add(4, 2)).toThrow("op: a sample's time must not be before the last sample's, 5, got 4");
    expect(() => byTime.add(Number.NaN, 2)).toThrow('time must be a finite number, got NaN');
    expect(() => byTime.check(JSON.parse('"5"'))).toThrow(expect.objectContaining({ code: 'invalid-sample' }));
    expect(byTime.snapshot()).toEqual(was);
    const byId = new LabelMatcher('op', { maxLag: 2 });
    expect(() => byId.add(JSON.parse('null'), 1)).toThrow('id must be a string or a finite number, got null');
  });

  it('refuses options out of range and foreign snapshots', () => {
    expect(() => new LabelMatcher('op', { maxLag: -1 })).toThrow('op: maxLag must be an integer ≥ 0, got -1');
    expect(() => new LabelMatcher('op', { maxLag: 1, tolerance: Number.NaN })).toThrow(
      'tolerance must be ≥ 0, got NaN',
    );
    const matcher = new LabelMatcher('op', { maxLag: 0 });
    for (const foreign of [
      {},
      {
        late: 0,
        lost: 0,
        samples: [
          { id: 'a', index: 1 },
          { id: 'b', index: 2 },
        ],
      },
    ]) {
      expect(() => matcher.restore(foreign)).toThrow(expect.objectContaining({ code: 'invalid-state' }));
    }
  });
});
