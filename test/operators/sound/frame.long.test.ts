import fc from 'fast-check';
import { from, lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { frame, frameStage } from '../../../operators/sound/frame.js';
import type { Sample } from '../../../src/core/sample.js';
import { describeOperator } from '../shared/laws.js';

const frames = async (signal: Iterable<Sample>, ...[size, hop, options]: Parameters<typeof frame>) =>
  (await lastValueFrom(from(signal).pipe(frame(size, hop, options), toArray()))).map((values) => Array.from(values));
const number = fc.integer({ min: -100, max: 100 });
const refuse = JSON.parse('"text"');

describeOperator('frame', {
  operator: () => frame(3, 2, { window: 'hann' }),
  open: frameStage(3, 2, { window: 'hann' }),
  sample: number,
  bad: [Number.NaN, Number.NEGATIVE_INFINITY, 1e39, refuse],
  tolerant: (onInvalid) => frame(3, 2, { window: 'hann', onInvalid }),
  without: { failing: 'it calls nothing' },
});

describeOperator('frame over chunks', {
  operator: () => frame(5, 7),
  open: frameStage(5, 7),
  sample: fc.oneof(
    fc.array(number, { maxLength: 12 }),
    fc.array(number, { maxLength: 12 }).map((a) => Float32Array.from(a)),
  ),
  bad: [[1, Number.NaN], new Float64Array([1, 1e39]), refuse],
  without: { tolerant: 'as frame: of a chunk the bad samples alone are skipped', failing: 'it calls nothing' },
});

describe('frame', () => {
  it('gives every window of the signal that starts at a multiple of the hop, however the signal is chunked', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(number, { maxLength: 9 })),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 8 }),
        async (chunks, size, hop) => {
          const signal = chunks.flat();
          const expected: number[][] = [];
          for (let at = 0; at + size <= signal.length; at += hop) expected.push(signal.slice(at, at + size));
          expect(await frames(signal, size, hop)).toEqual(expected);
          expect(await frames(chunks, size, hop)).toEqual(expected);
          expect(await frames(chunks, size, hop, { onInvalid: 'hold' })).toEqual(expected);
        },
      ),
    ));

  it('weighs frames with periodic windows, as scipy.signal.get_window does', async () => {
    const ones = [1, 1, 1, 1];
    const close = (values: number[]) => [values.map((value) => expect.closeTo(value, 7))];
    expect(await frames(ones, 4, 4, { window: 'hann' })).toEqual(close([0, 0.5, 1, 0.5]));
    expect(await frames(ones, 4, 4, { window: 'hamming' })).toEqual(close([0.08, 0.54, 1, 0.54]));
    expect(await frames(ones, 4, 4, { window: 'blackman' })).toEqual(close([0, 0.34, 1, 0.34]));
    expect(await frames(ones, 4, 4, { window: [1, 2, 3, 4] })).toEqual([[1, 2, 3, 4]]);
  });

  it('skips or holds single bad numbers inside a chunk', async () => {
    const chunks = [[1, Number.NaN, 2], [3], Float32Array.of(Number.NaN, 4)];
    expect(await frames(chunks, 2, 2, { onInvalid: 'skip' })).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(await frames(chunks, 2, 2, { onInvalid: 'hold' })).toEqual([
      [1, 1],
      [2, 3],
      [3, 4],
    ]);
  });

  it('names the place of a bad number in a chunk', async () => {
    await expect(
      frames(
        [
          [1, 2],
          [3, Number.NaN],
        ],
        2,
        2,
      ),
    ).rejects.toThrow('frame: sample 3 must have 2 finite numbers, got NaN at position 1');
  });

  it('hands out frames that later samples do not touch', async () => {
    const out: Float32Array[] = [];
    const stage = frameStage(2, 1)();
    for (const value of [1, 2, 3]) stage.step(value, (values) => out.push(values));
    expect(out).toEqual([Float32Array.of(1, 2), Float32Array.of(2, 3)]);
  });

  it('checks its options at the call', () => {
    expect(() => frame(0, 1)).toThrow('frame: size must be an integer ≥ 1, got 0; count it in samples');
    expect(() => frame(1, 1.5)).toThrow('frame: hop must be an integer ≥ 1, got 1.5');
    expect(() => frame(2, 1, { window: [1] })).toThrow('window must have 2 finite weights, got 1 numbers');
    expect(() => frame(2, 1, { window: JSON.parse('"kaiser"') })).toThrow('got kaiser; or pass the weights themselves');
  });
});
