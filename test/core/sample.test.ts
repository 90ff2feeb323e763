import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkOnInvalid, type OnInvalid, SampleReader } from '../../src/core/onInvalid.js';
import { readSample } from '../../src/core/sample.js';

const float32 = fc.float({ noNaN: true, noDefaultInfinity: true });
const LARGEST = 2 ** 128 - 2 ** 104;
const OVERFLOWS = 2 ** 128 - 2 ** 103;

describe('readSample', () => {
  it('reads arrays of every kind alike, at an offset, and nothing beside it', () =>
    fc.assert(
      fc.property(fc.array(float32, { minLength: 1, maxLength: 9 }), fc.nat(3), (values, offset) => {
        const expected = [...Array(offset).fill(7), ...values, 7];
        for (const sample of [
          values,
          Float32Array.from(values),
          Float64Array.from(values),
          Object.freeze([...values]),
        ]) {
          const target = new Float32Array(offset + values.length + 1).fill(7);
          readSample(sample, values.length, target, offset, 'op', 1);
          expect(Array.from(target)).toEqual(expected);
        }
      }),
    ));

  it('takes a bare number as a row of one', () => {
    const target = new Float32Array(1);
    readSample(0.1, 1, target, 0, 'op', 1);
    expect(target[0]).toBe(Math.fround(0.1));
  });

  it('takes arrays from another realm', () => {
    const target = new Float32Array(2);
    for (const code of ['[1, 2]', 'new Float32Array([1, 2])', 'new Float64Array([1, 2])']) {
      readSample(runInNewContext(code), 2, target.fill(0), 0, 'op', 1);
      expect(Array.from(target)).toEqual([1, 2]);
    }
  });

  it('takes every number that float32 can hold, and refuses those that it rounds to Infinity', () => {
    const target = new Float32Array(1);
    for (const value of [LARGEST, -LARGEST, OVERFLOWS - 2 ** 76, 1e-50, -0]) {
      readSample(value, 1, target, 0, 'op', 1);
      expect(target[0]).toBe(Math.fround(value));
    }
    for (const value of [OVERFLOWS, -OVERFLOWS, 1e39]) {
      expect(() => readSample(value, 1, target, 0, 'op', 1)).toThrow('too large for float32');
      const wide = new Float64Array(1);
      readSample(value, 1, wide, 0, 'op', 1);
      expect(wide[0]).toBe(value);
    }
  });

  it.each([
    ['short array', [1, 2], 3, 'op: sample 812 must have 3 finite numbers, got 2 in an Array; keep the features of a'],
    ['long Float32Array', new Float32Array(4), 3, 'got 4 in a Float32Array; keep'],
    ['empty array', [], 1, 'op: sample 812 must be a finite number (or an array of one), got 0 in an Array; keep'],
    ['bare number', 5, 2, 'must have 2 finite numbers, got one number; keep'],
    ['NaN', [1, Number.NaN], 2, 'got NaN at position 1; fill or drop gaps upstream'],
    ['Infinity', new Float64Array([Number.POSITIVE_INFINITY, 1]), 2, 'got Infinity at position 0; fill'],
    ['overflow', [1, 1e39], 2, 'got 1e+39, too large for float32 at position 1; scale'],
    ['text element', [1, '2'], 2, 'got the text "2" at position 1; parse text'],
    ['hole', [1, undefined], 2, 'got undefined at position 1; fill'],
    ['null element', [null, 1], 2, 'got null at position 0; fill'],
    ['bigint element', [1n, 1], 2, 'got a bigint at position 0'],
    ['text', '3.5', 1, 'got the text "3.5"; parse text into numbers'],
    ['null', null, 1, 'got null; fill or drop'],
    ['undefined', undefined, 1, 'got undefined; fill or drop'],
    ['bare NaN', Number.NaN, 1, 'got NaN; fill or drop'],
    ['object', { temperature: 1 }, 1, 'got an Object; pick its numbers with a features selector'],
    ['Int16Array', new Int16Array(2), 2, 'got an Int16Array; convert it to a Float32Array'],
    ['boolean', true, 1, 'got a boolean; map it to numbers'],
    ['symbol', Symbol('x'), 1, 'got a symbol; map it to numbers'],
  ])('refuses a %s and says where, what and what to do', (_, sample, width, message) => {
    const target = new Float32Array(width).fill(7);
    const read = () => readSample(sample, width, target, 0, 'op', 812);
    expect(read).toThrow(message);
    expect(read).toThrow(expect.objectContaining({ name: 'EddyError', code: 'invalid-sample' }));
    expect(Array.from(target)).toEqual(Array(width).fill(7));
  });

  it('writes all or nothing, wherever the bad number stands', () =>
    fc.assert(
      fc.property(
        fc.array(float32, { minLength: 1, maxLength: 9 }),
        fc.nat(),
        fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e39),
        (values, at, bad) => {
          const sample = values.slice();
          sample[at % values.length] = bad;
          const target = new Float32Array(values.length).fill(7);
          for (const form of [sample, Float64Array.from(sample), Float32Array.from(sample)]) {
            expect(() => readSample(form, values.length, target, 0, 'op', 1)).toThrow('op: sample 1');
          }
          expect(target.every((value) => value === 7)).toBe(true);
        },
      ),
    ));
});

describe('SampleReader', () => {
  const BAD = [Number.NaN, 1];
  const run = (policy: OnInvalid, samples: unknown[]) => {
    const reader = new SampleReader('op', 2, policy);
    const target = new Float32Array(2);
    const taken = samples.map((sample) => {
      const reading = reader.read(sample, target, 0);
      return reading === 'skipped' ? reading : [reading, ...target];
    });
    return { taken, skipped: reader.skipped, held: reader.held, index: reader.index };
  };

  it('fails on a bad sample by default, naming its number, and goes on from where it was', () => {
    const reader = new SampleReader('op', 2);
    const target = new Float32Array(2);
    expect(reader.read([1, 2], target, 0)).toBe('good');
    expect(() => reader.read(BAD, target, 0)).toThrow('op: sample 2 must');
    expect(Array.from(target)).toEqual([1, 2]);
    expect(reader).toMatchObject({ index: 1, skipped: 0, held: 0 });
  });

  it('skips bad samples and counts them', () =>
    expect(run('skip', [BAD, [1, 2], null, [3, 4]])).toEqual({
      taken: ['skipped', ['good', 1, 2], 'skipped', ['good', 3, 4]],
      skipped: 2,
      held: 0,
      index: 4,
    }));

  it('holds the last good sample, and skips before there is one', () =>
    expect(run('hold', [BAD, [1, 2], 'x', BAD, [3, 4], BAD])).toEqual({
      taken: ['skipped', ['good', 1, 2], ['held', 1, 2], ['held', 1, 2], ['good', 3, 4], ['held', 3, 4]],
      skipped: 1,
      held: 3,
      index: 6,
    }));

  it('holds the values as they were, though the source reuses its array', () => {
    const reader = new SampleReader('op', 2, 'hold');
    const target = new Float32Array(2);
    const reused = new Float32Array([1, 2]);
    reader.read(reused, target, 0);
    reused.fill(Number.NaN);
    target.fill(0);
    expect([reader.read(reused, target, 0), ...target]).toEqual(['held', 1, 2]);
  });

  it('goes on from a snapshot as if never stopped', () =>
    fc.assert(
      fc.property(
        fc.array(fc.option(fc.tuple(float32, float32)), { maxLength: 20 }),
        fc.nat(20),
        fc.constantFrom<OnInvalid>('skip', 'hold'),
        (samples, cut, policy) => {
          const target = new Float32Array(2);
          const read = (reader: SampleReader, part: unknown[]) =>
            part.map((sample) => [reader.read(sample, target, 0), ...target]);
          const whole = new SampleReader('op', 2, policy);
          read(whole, samples.slice(0, cut));
          const resumed = new SampleReader('op', 2, policy);
          resumed.restore(whole.snapshot());
          target.fill(0);
          const rest = read(whole, samples.slice(cut));
          target.fill(0);
          expect(read(resumed, samples.slice(cut))).toEqual(rest);
          expect(resumed.snapshot()).toEqual(whole.snapshot());
        },
      ),
    ));

  it('refuses a foreign snapshot', () => {
    const reader = new SampleReader('op', 2, 'hold');
    expect(() => reader.restore({})).toThrow(expect.objectContaining({ code: 'invalid-state' }));
    const other = new SampleReader('op', 3, 'hold');
    other.read([1, 2, 3], new Float32Array(3), 0);
    expect(() => reader.restore(other.snapshot())).toThrow(expect.objectContaining({ code: 'invalid-state' }));
  });

  it('refuses an unknown policy at the call', () => {
    expect(() => checkOnInvalid('drop', 'op')).toThrow("op: onInvalid must be 'error', 'skip' or 'hold', got drop");
  });
});
