import { EventEmitter } from 'node:events';
import { PassThrough, Readable, Writable } from 'node:stream';
import { pipeline as run } from 'node:stream/promises';
import { setImmediate as turn } from 'node:timers/promises';
import { map, pipe, take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { toAsyncGenerator } from '../../../operators/streams/toAsyncGenerator.js';
import { toNodeTransform } from '../../../operators/streams/toNodeTransform.js';
import { collect, counter, times, upTo, watched } from '../shared/watched.js';
import { worlds } from '../shared/worlds.js';

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
        worlds.Node(
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
    await expect(collect(worlds.Node(operator, upTo(2)))).rejects.toThrow(expect.objectContaining({ cause: 'text' }));
  });

  it('checks its options at the call', () => {
    expect(() => toNodeTransform(take(1), { highWaterMark: 0 })).toThrow('highWaterMark must be an integer ≥ 1, got 0');
  });
});
