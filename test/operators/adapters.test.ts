import { EventEmitter } from 'node:events';
import { PassThrough, pipeline, Readable, Writable } from 'node:stream';
import { pipeline as run } from 'node:stream/promises';
import { setImmediate as turn } from 'node:timers/promises';
import {
  catchError,
  concatMap,
  delay,
  filter,
  finalize,
  map,
  mergeMap,
  Observable,
  type OperatorFunction,
  of,
  pipe,
  switchMap,
  take,
  timer,
} from 'rxjs';
import { describe, expect, it } from 'vitest';
import { toAsyncGenerator } from '../../operators/toAsyncGenerator.js';
import { toNodeTransform } from '../../operators/toNodeTransform.js';
import { toTransformStream } from '../../operators/toTransformStream.js';

const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);
const collect = async <T>(source: AsyncIterable<T>): Promise<T[]> => {
  const out: T[] = [];
  for await (const value of source) out.push(value);
  return out;
};
const slowly = async <T>(source: AsyncIterable<T>, each: () => void): Promise<T[]> => {
  const out: T[] = [];
  for await (const value of source) {
    each();
    await turn();
    out.push(value);
  }
  return out;
};
const times = (n: number): OperatorFunction<number, number> => mergeMap((x) => Array(n).fill(x));
/** Subscribes to its source some turns after it was subscribed to, as an operator that loads something first. */
const late =
  (operator: OperatorFunction<number, number>): OperatorFunction<number, number> =>
  (source) =>
    timer(5).pipe(switchMap(() => source.pipe(operator)));
const failAt = (n: number): OperatorFunction<number, number> =>
  map((x) => {
    if (x === n) throw new Error(`no ${n}`);
    return x;
  });
/** Counts subscriptions that are alive. */
const watched = <In, Out>(operator: OperatorFunction<In, Out>) => {
  const log = { live: 0 };
  const wrapped: OperatorFunction<In, Out> = (source) =>
    new Observable<Out>((subscriber) => {
      log.live++;
      return source
        .pipe(
          operator,
          finalize(() => log.live--),
        )
        .subscribe(subscriber);
    });
  return { log, wrapped };
};
/** How far a source was pulled. */
function counter(n = Number.POSITIVE_INFINITY) {
  const log = { pulled: 0, closed: 0 };
  function* values() {
    try {
      for (let i = 1; i <= n; i++) {
        log.pulled++;
        yield i;
      }
    } finally {
      log.closed++;
    }
  }
  return { log, values: values() };
}

const ways = {
  node: <Out>(operator: OperatorFunction<number, Out>, values: Iterable<number>): AsyncIterable<Out> =>
    pipeline(Readable.from(values), toNodeTransform(operator), () => {}),
  web: <Out>(operator: OperatorFunction<number, Out>, values: Iterable<number>): AsyncIterable<Out> => {
    const iterator = values[Symbol.iterator]();
    const source = new ReadableStream<number>(
      {
        pull(controller) {
          const { done, value } = iterator.next();
          if (done) controller.close();
          else controller.enqueue(value);
        },
        cancel: () => void iterator.return?.(),
      },
      { highWaterMark: 0 },
    );
    return source.pipeThrough(toTransformStream(operator));
  },
  generator: <Out>(operator: OperatorFunction<number, Out>, values: Iterable<number>): AsyncIterable<Out> =>
    toAsyncGenerator(operator)(values),
};

describe.each(Object.entries(ways))('as a %s stream, an operator', (way, through) => {
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
    expect(ahead).toBeLessThan(way === 'node' ? 80 : 6);
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
    expect(source.log.pulled).toBeLessThan(way === 'node' ? 80 : 6);
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

describe('toNodeTransform', () => {
  it('works in compose', async () => {
    const composed = Readable.from(upTo(3)).compose(toNodeTransform(times(20)));
    expect(await collect(composed)).toEqual([1, 2, 3].flatMap((x) => Array(20).fill(x)));
  });

  it('works in a pipeline', async () => {
    const out: number[] = [];
    const sink = new Writable({ objectMode: true, write: (value, _, done) => done(void out.push(value)) });
    await run(Readable.from(upTo(5)), toNodeTransform(map((x: number) => x * x)), sink);
    expect(out).toEqual([1, 4, 9, 16, 25]);
  });

  it('lets a finite pipeline end in peace after an early completion, also past a full buffer', async () => {
    for (const operator of [take<number>(2), pipe(times(40), take(50))]) {
      const transform = toNodeTransform(operator, { highWaterMark: 2 });
      const out: number[] = [];
      const sink = new Writable({
        objectMode: true,
        highWaterMark: 1,
        write: (value, _, done) => void setImmediate(() => done(void out.push(value))),
      });
      await run(Readable.from(upTo(100)), transform, sink);
      expect(out).toEqual(await collect(toAsyncGenerator(operator)(upTo(100))));
    }
  });

  it('pauses the writer while nobody reads', async () => {
    const { log, values } = counter();
    const transform = toNodeTransform(times(3), { highWaterMark: 4 });
    const source = Readable.from(values, { highWaterMark: 1 });
    source.pipe(transform);
    for (let i = 0; i < 50; i++) await turn();
    expect(log.pulled).toBeLessThanOrEqual(10);
    expect(transform.readableLength).toBeLessThanOrEqual(6);
    source.destroy();
    transform.destroy();
  });

  it('is destroyed by its signal and by the pipeline’s, and frees', async () => {
    for (const where of ['option', 'pipeline'] as const) {
      const abort = new AbortController();
      const { log, wrapped } = watched(map((x: number) => x));
      const transform = toNodeTransform(wrapped, where === 'option' ? { signal: abort.signal } : {});
      const source = new PassThrough({ objectMode: true });
      const sink = new Writable({ objectMode: true, write: (_value, _encoding, done) => done() });
      const running = run(source, transform, sink, where === 'pipeline' ? { signal: abort.signal } : {});
      source.write(1);
      await turn();
      expect(log.live).toBe(1);
      abort.abort();
      await expect(running).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
      expect({ live: log.live, sink: sink.destroyed }).toEqual({ live: 0, sink: true });
    }
  });

  it('frees on destroy at any point, also before it was constructed, and closes', async () => {
    for (const point of [0, 1, 2]) {
      const { log, wrapped } = watched(times(40));
      const transform = toNodeTransform(wrapped);
      if (point > 0) await turn();
      if (point > 1) transform.write(1);
      const closed = EventEmitter.once(transform, 'close');
      transform.destroy();
      await closed;
      expect(log.live).toBe(0);
    }
  });

  it('refuses to emit null, which would end the stream in silence', async () => {
    await expect(
      collect(
        ways.node(
          map(() => null),
          upTo(2),
        ),
      ),
    ).rejects.toThrow('must not emit null');
  });

  it('turns what is no Error into one, and keeps it as the cause', async () => {
    const operator = map((): number => {
      throw 'text';
    });
    await expect(collect(ways.node(operator, upTo(2)))).rejects.toThrow(expect.objectContaining({ cause: 'text' }));
  });

  it('checks its options at the call', () => {
    expect(() => toNodeTransform(take(1), { highWaterMark: 0 })).toThrow('highWaterMark must be an integer ≥ 1, got 0');
  });
});

describe('toTransformStream', () => {
  it('rejects a write that fails in the operator, and everything after it', async () => {
    const { readable, writable } = toTransformStream(failAt(1));
    const reader = readable.getReader();
    const writer = writable.getWriter();
    writer.closed.catch(() => {});
    const read = reader.read();
    await expect(writer.write(1)).rejects.toThrow('no 1');
    await expect(read).rejects.toThrow('no 1');
    await expect(writer.write(2)).rejects.toThrow('no 1');
  });

  it('frees on abort, though a write waits for a reader, and fails the readable side with the reason', async () => {
    const { log, wrapped } = watched(times(2));
    const { readable, writable } = toTransformStream(wrapped);
    const writer = writable.getWriter();
    writer.closed.catch(() => {});
    const write = writer.write(1);
    await turn();
    const aborted = writer.abort(new Error('why'));
    expect(log.live).toBe(0);
    await expect(write).rejects.toThrow('why');
    await aborted;
    await expect(readable.getReader().read()).rejects.toThrow('why');
  });

  it('frees on cancel, and fails the writable side with the reason', async () => {
    const { log, wrapped } = watched(times(2));
    const { readable, writable } = toTransformStream(wrapped);
    const writer = writable.getWriter();
    const closed = expect(writer.closed).rejects.toThrow('why');
    const write = expect(writer.write(1)).rejects.toThrow('why');
    await readable.cancel(new Error('why'));
    expect(log.live).toBe(0);
    await Promise.all([closed, write]);
  });

  it('holds its close until the operator has said its last word', async () => {
    const { readable, writable } = toTransformStream(delay<number>(5));
    const writer = writable.getWriter();
    const out = collect(readable);
    await writer.write(1);
    await writer.close();
    expect(await out).toEqual([1]);
  });
});

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
