import { setImmediate as turn } from 'node:timers/promises';
import { concatMap, delay, filter, map, type OperatorFunction, of, pipe, take, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { collect, counter, failAt, late, slowly, times, upTo, watched } from '../shared/watched.js';
import { worlds } from '../shared/worlds.js';

describe.each(Object.entries(worlds))('as a %s stream, an operator', (way, through) => {
  const cases: [string, OperatorFunction<number, number>, number[]][] = [
    ['passes values in order', map((x) => 2 * x), [2, 4, 6]],
    ['drops values', filter((x) => x === 2), [2]],
    ['drops all', filter(() => false), []],
    ['emits many for one', times(20), [1, 2, 3].flatMap((x) => Array(20).fill(x))],
    ['emits later', concatMap((x) => of(x).pipe(delay(1))), [1, 2, 3]],
    ['emits after the input has ended', delay(5), [1, 2, 3]],
    ['completes early', take(2), [1, 2]],
    ['completes in the middle of many', pipe(times(40), take(50)), [...Array(40).fill(1), ...Array(10).fill(2)]],
    ['completes at once', take(0), []],
    ['completes early, later', pipe(delay(1), take(2)), [1, 2]],
    ['listens late, and misses nothing', late((source) => source), [1, 2, 3]],
    ['listens late, and completes early', late(take(2)), [1, 2]],
    ['never listens, and says something of its own', () => timer(3).pipe(map(() => 7)), [7]],
  ];
  it.each(cases)('%s', async (_, operator, expected) => {
    const { log, wrapped } = watched(operator);
    expect(await collect(through(wrapped, upTo(3)))).toEqual(expected);
    await turn();
    expect(log.live).toBe(0);
  });

  it('ends on an empty source', async () => {
    expect(await collect(through(map(String), []))).toEqual([]);
  });

  it('hands over 10,000 values to a slow reader, none lost, few in flight', async () => {
    const { log, values } = counter(2000);
    let read = 0;
    let ahead = 0;
    const out = await slowly(through(times(5), values), () => {
      read++;
      ahead = Math.max(ahead, log.pulled - read / 5);
    });
    expect(out).toEqual(upTo(2000).flatMap((x) => Array(5).fill(x)));
    expect(ahead).toBeLessThan(way === 'Node' ? 80 : 6);
  });

  it('fails with what the operator throws, and frees', async () => {
    const { log, wrapped } = watched(failAt(3));
    await expect(collect(through(wrapped, upTo(9)))).rejects.toThrow('no 3');
    expect(log.live).toBe(0);
  });

  it('fails with what the operator throws later', async () => {
    const { log, wrapped } = watched(pipe(delay<number>(2), failAt(3)));
    await expect(collect(through(wrapped, upTo(9)))).rejects.toThrow('no 3');
    expect(log.live).toBe(0);
  });

  it('fails when the source does, and frees', async () => {
    function* broken() {
      yield 1;
      throw new Error('source');
    }
    const { log, wrapped } = watched(map((x: number) => x));
    await expect(collect(through(wrapped, broken()))).rejects.toThrow('source');
    await turn();
    expect(log.live).toBe(0);
  });

  it('frees itself and its source when the reader leaves', async () => {
    const { log, wrapped } = watched(times(2));
    const source = counter();
    for await (const value of through(wrapped, source.values)) if (value === 3) break;
    await turn();
    await turn();
    expect({ live: log.live, closed: source.log.closed }).toEqual({ live: 0, closed: 1 });
    expect(source.log.pulled).toBeLessThan(way === 'Node' ? 80 : 6);
  });

  it('fails with the source, and frees, though it listens late', async () => {
    // biome-ignore lint/correctness/useYield: it fails before its first value
    function* broken(): Generator<number> {
      throw new Error('source');
    }
    const { log, wrapped } = watched(late(map((x) => x)));
    await expect(collect(through(wrapped, broken()))).rejects.toThrow('source');
    await turn();
    expect(log.live).toBe(0);
  });

  it('frees its endless source when the operator completes early', async () => {
    const source = counter();
    expect(await collect(through(take(3), source.values))).toEqual([1, 2, 3]);
    for (let i = 0; i < 5; i++) await turn();
    expect(source.log.closed).toBe(1);
  });
});
