import { Readable, Writable } from 'node:stream';
import { pipeline as run } from 'node:stream/promises';
import { setImmediate as turn } from 'node:timers/promises';
import { catchError, map, of, pipe } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { toAsyncGenerator } from '../../../operators/streams/toAsyncGenerator.js';
import { collect, counter, failAt, times, upTo, watched } from '../shared/watched.js';

describe('toAsyncGenerator', () => {
  it('subscribes and pulls nothing before the first next', async () => {
    const { log, wrapped } = watched(map((x: number) => x));
    const source = counter();
    const generator = toAsyncGenerator(wrapped)(source.values);
    await turn();
    expect({ live: log.live, pulled: source.log.pulled }).toEqual({ live: 0, pulled: 0 });
    await generator.return();
    expect(await generator.next()).toEqual({ done: true, value: undefined });
    expect(log.live).toBe(0);
  });

  it('pulls one input for one output', async () => {
    const source = counter();
    const generator = toAsyncGenerator(map((x: number) => x))(source.values);
    for (const n of [1, 2, 3]) {
      expect(await generator.next()).toEqual({ done: false, value: n });
      expect(source.log.pulled).toBe(n);
    }
    await generator.return();
  });

  it('answers concurrent calls in order', async () => {
    const generator = toAsyncGenerator(times(2))(upTo(2));
    const results = await Promise.all([1, 2, 3, 4, 5].map(() => generator.next()));
    expect(results.map(({ value }) => value)).toEqual([1, 1, 2, 2, undefined]);
  });

  it('frees at once on return while a silent source is being pulled', async () => {
    const { log, wrapped } = watched(map((x: number) => x));
    async function* silent() {
      await new Promise(() => {});
      yield 1;
    }
    const generator = toAsyncGenerator(wrapped)(silent());
    const pending = generator.next();
    await turn();
    await generator.return();
    expect(await pending).toEqual({ done: true, value: undefined });
    expect(log.live).toBe(0);
  });

  it('gives all that was emitted before an error, then the error once, then the end', async () => {
    const generator = toAsyncGenerator(pipe(times(2), failAt(3)))(upTo(9));
    const out: unknown[] = [];
    for (let i = 0; i < 6; i++) {
      out.push(
        await generator.next().then(
          ({ value }) => value,
          (error: Error) => error.message,
        ),
      );
    }
    expect(out).toEqual([1, 1, 2, 2, 'no 3', undefined]);
  });

  it('lets the operator recover from an error of the source', async () => {
    async function* broken() {
      yield 1;
      throw new Error('source');
    }
    expect(await collect(toAsyncGenerator(catchError(() => of(-1)))(broken()))).toEqual([1, -1]);
  });

  it('stands in a Node pipeline', async () => {
    const out: number[] = [];
    const sink = new Writable({ objectMode: true, write: (value, _, done) => done(void out.push(value)) });
    await run(Readable.from(upTo(3)), toAsyncGenerator(map((x: number) => 2 * x)), sink);
    expect(out).toEqual([2, 4, 6]);
  });
});
