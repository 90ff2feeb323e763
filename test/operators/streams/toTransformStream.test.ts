import { setImmediate as turn } from 'node:timers/promises';
import { delay } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { toTransformStream } from '../../../operators/streams/toTransformStream.js';
import { collect, failAt, times, watched } from '../shared/watched.js';

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

  it('holds its close until the operator has completed', async () => {
    const { readable, writable } = toTransformStream(delay<number>(5));
    const writer = writable.getWriter();
    const out = collect(readable);
    await writer.write(1);
    await writer.close();
    expect(await out).toEqual([1]);
  });
});
