import { createBareRuntime, createModelOn, dense, gru, loadKernels } from 'rx-eddy/bare';
import { definitionOf, encodeCheckpoint } from 'rx-eddy/checkpoint';
import { beforeAll, describe, expect, it } from 'vitest';
import { openEdge, TOKEN } from '../../../demos/edge-worker/scripts/openEdge.js';
import { writeFrame } from '../../../demos/edge-worker/src/frame.js';
import { BURST, FRAME_BYTES, FRAME_SAMPLES, SOCKETS } from '../../../demos/edge-worker/src/limits.js';
import type { Answer } from '../../../demos/edge-worker/src/replies.js';
import { inNode } from './inNode.js';
import {
  checkpointOf,
  edge,
  folder,
  frame,
  inside,
  joined,
  killed,
  numbersOf,
  open,
  post,
  series,
  slow,
} from './sensorWorker.js';

describe('what a sensor refuses', () => {
  const bytes = (...floats: number[]) => writeFrame({ first: 11, values: Float32Array.from(floats) });
  const withFirst = (first: number) => writeFrame({ first, values: Float32Array.of(1) });
  const many = new Array(FRAME_SAMPLES + 1).fill(1);
  const binary = 'application/octet-stream';
  const refused: [string, string | ArrayBuffer, string, number, string, number | undefined][] = [
    ['text that is not JSON', '{"first": 11, "values": [1', 'application/json', 400, 'malformed', 1007],
    ['NaN in JSON', '{"first": 11, "values": [NaN]}', 'application/json', 400, 'malformed', 1007],
    ['an array in place of a frame', '[11, 1]', 'application/json', 400, 'malformed', 1007],
    ['null', 'null', 'application/json', 400, 'malformed', 1007],
    ['a frame without values', '{"first": 11}', 'application/json', 400, 'malformed', 1007],
    [
      'a frame with more than it may have',
      '{"first": 11, "values": [1], "x": 1}',
      'application/json',
      400,
      'malformed',
      1007,
    ],
    ['values that are no array', '{"first": 11, "values": 1}', 'application/json', 400, 'malformed', 1007],
    ['no value at all', '{"first": 11, "values": []}', 'application/json', 400, 'malformed', 1007],
    ['too many values', JSON.stringify({ first: 11, values: many }), 'application/json', 400, 'malformed', 1007],
    ['a sequence number of text', '{"first": "11", "values": [1]}', 'application/json', 400, 'malformed', 1007],
    ['sequence number 0', '{"first": 0, "values": [1]}', 'application/json', 400, 'malformed', 1007],
    ['sequence number 11.5', '{"first": 11.5, "values": [1]}', 'application/json', 400, 'malformed', 1007],
    ['null for a value', '{"first": 11, "values": [1, null]}', 'application/json', 422, 'invalid-sample', undefined],
    ['text for a value', '{"first": 11, "values": ["1"]}', 'application/json', 422, 'invalid-sample', undefined],
    ['an infinity in JSON', '{"first": 11, "values": [1e999]}', 'application/json', 422, 'invalid-sample', undefined],
    ['what no float32 holds', '{"first": 11, "values": [1e39]}', 'application/json', 422, 'invalid-sample', undefined],
    ['NaN in bytes', bytes(1, Number.NaN), binary, 422, 'invalid-sample', undefined],
    ['an infinity in bytes', bytes(Number.NEGATIVE_INFINITY), binary, 422, 'invalid-sample', undefined],
    ['no bytes', new ArrayBuffer(0), binary, 400, 'malformed', 1007],
    ['half a header', new ArrayBuffer(5), binary, 400, 'malformed', 1007],
    ['half a value', new ArrayBuffer(8 + 6), binary, 400, 'malformed', 1007],
    ['a header and no value', bytes(), binary, 400, 'malformed', 1007],
    ['too many values in bytes', bytes(...many), binary, 400, 'malformed', 1007],
    ['sequence number NaN', withFirst(Number.NaN), binary, 400, 'malformed', 1007],
    ['sequence number -1', withFirst(-1), binary, 400, 'malformed', 1007],
    ['a gap in JSON', '{"first": 12, "values": [1]}', 'application/json', 409, 'gap', undefined],
    ['a gap in bytes', withFirst(13), binary, 409, 'gap', undefined],
    ['a frame that is too large', ' '.repeat(FRAME_BYTES + 1), 'application/json', 413, 'too-large', 1009],
    ['bytes that are too many', new ArrayBuffer(FRAME_BYTES + 8), binary, 413, 'too-large', 1009],
  ];
  let kept: Buffer;
  beforeAll(async () => {
    await edge.postBinary('strict', frame(0, 10));
    kept = await checkpointOf('strict');
  });

  it.each(refused)('%s, over HTTP', async (_, body, type, status, code) => {
    const response = await post('strict', body, type);
    const reply = await response.json();
    expect([response.status, reply]).toMatchObject([
      status,
      { type: 'error', code, status, message: expect.any(String) },
    ]);
    if (code === 'gap') expect(reply.expected).toBe(11);
  });

  it.each(refused)('%s, over a WebSocket', async (_, body, _type, status, code, close) => {
    const { socket, next } = await open('/sensors/strict/socket');
    socket.send(body);
    expect(await next()).toMatchObject({ type: 'error', code, status });
    if (close) expect(await next()).toEqual({ closed: close });
    else {
      // The socket lives on: what is right is answered.
      socket.send(writeFrame(frame(0, 10)));
      expect(await next()).toMatchObject({ type: 'answer', taken: 10, duplicates: 10 });
      socket.close();
    }
  });

  it('leaves the sensor as it was', async () => {
    expect(await checkpointOf('strict')).toEqual(kept);
    const answer = await (await edge.postBinary('strict', frame(10, 10))).json();
    expect(answer.forecast).toEqual((await inNode(series.subarray(0, 20))).answers.forecast.slice(10));
  });

  it.each([
    ['no token', {}],
    ['another token', { authorization: 'Bearer guess' }],
    ['the token and more', { authorization: `Bearer ${TOKEN}x` }],
    ['a part of the token', { authorization: `Bearer ${TOKEN.slice(0, -1)}` }],
    ['another scheme', { authorization: `Basic ${TOKEN}` }],
  ])('%s', async (_, headers) => {
    const ask = (path: string, init: RequestInit) => fetch(`${edge.url}${path}`, { ...init, headers });
    const body = '{"first": 1, "values": [1]}';
    for (const [path, init] of [
      ['/sensors/closed/samples', { method: 'POST', body }],
      ['/sensors/closed/socket', {}],
      ['/sensors/closed/checkpoint', {}],
      ['/sensors/closed', { method: 'DELETE' }],
    ] as const) {
      const response = await ask(path, init);
      expect([response.status, (await response.json()).code]).toEqual([401, 'unauthorized']);
    }
    await expect(open('/sensors/closed/socket', ['eddy', 'guess'])).rejects.toThrow('401');
    expect((await edge.ask('/sensors/closed')).status).toBe(404);
  });

  it.each([
    ['/sensors/a%20b/samples', 'POST', 'application/json', 400, 'invalid-name'],
    [`/sensors/${'a'.repeat(65)}/samples`, 'POST', 'application/json', 400, 'invalid-name'],
    ['/sensors/.hidden', 'GET', '', 400, 'invalid-name'],
    ['/sensors/a/samples', 'GET', '', 405, 'method-not-allowed'],
    ['/sensors/a/nothing', 'GET', '', 404, 'not-found'],
    ['/sensors//samples', 'POST', 'application/json', 404, 'not-found'],
    ['/sensors/a/samples/b', 'POST', 'application/json', 404, 'not-found'],
    ['/sensors/a/constructor', 'GET', '', 404, 'not-found'],
    ['/elsewhere', 'GET', '', 404, 'not-found'],
    ['/sensors/a/samples', 'POST', 'text/csv', 415, 'unsupported-type'],
    ['/sensors/a/socket', 'GET', '', 426, 'upgrade-required'],
  ])('%s by %s with type "%s": %d %s', async (path, method, type, status, code) => {
    const response = await edge.ask(path, { method, ...(type && { headers: { 'content-type': type }, body: '{}' }) });
    expect([response.status, await response.json()]).toMatchObject([status, { type: 'error', code, status }]);
  });

  it('a frame of unknown length', async () => {
    const body = new Blob(['{"first": 1, "values": [1]}']).stream();
    const init = { method: 'POST', body, duplex: 'half', headers: { 'content-type': 'application/json' } };
    const response = await edge.ask('/sensors/chunked/samples', init as RequestInit);
    expect([response.status, (await response.json()).code]).toEqual([411, 'length-required']);
  });

  it('more WebSockets than a sensor may have', async () => {
    const opened = await Promise.all(Array.from({ length: SOCKETS }, () => open('/sensors/crowd/live', [])));
    await expect(open('/sensors/crowd/live', [])).rejects.toThrow('429');
    for (const { socket } of opened) socket.close();
  });

  it('more frames than a sensor may send', async () => {
    const limited = await openEdge({ folder, storage: slow, framesPerSecond: 1 / BURST });
    const first = await limited.postJson('fast', { first: 1, values: [1] });
    expect(first.status).toBe(200);
    const second = await limited.postJson('fast', { first: 2, values: [1] });
    expect([second.status, (await second.json()).code]).toEqual([429, 'too-many-frames']);
    expect((await (await limited.ask('/sensors/fast')).json()).taken).toBe(1);
    expect((await limited.postJson('another', { first: 1, values: [1] })).status).toBe(200);
    limited.close();
  });
});

describe('when storage fails', () => {
  it('a frame is refused and nothing learned; sent again it is taken, as if nothing had been', async () => {
    const before = await (await edge.postBinary('full', frame(0, 30))).json();
    const kept = await checkpointOf('full');
    await inside(
      'full',
      "CREATE TRIGGER full BEFORE INSERT ON eddy_checkpoints BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END",
    );
    const response = await edge.postBinary('full', frame(30, 30));
    expect([response.status, await response.json()]).toMatchObject([
      503,
      { type: 'error', code: 'storage', message: expect.stringContaining('disk is full') },
    ]);
    const { socket, next } = await open('/sensors/full/socket');
    socket.send(writeFrame(frame(30, 30)));
    expect(await next()).toMatchObject({ type: 'error', code: 'storage', status: 503 });
    expect(await checkpointOf('full')).toEqual(kept);
    // A replay is still answered.
    expect(numbersOf(await (await edge.postBinary('full', frame(0, 30))).json())).toEqual(numbersOf(before));
    await inside('full', 'DROP TRIGGER full');
    socket.send(writeFrame(frame(30, 30)));
    const after = (await next()) as Answer;
    socket.close();
    expect(after).toMatchObject({ taken: 60, duplicates: 0 });
    expect(joined([before, after])).toEqual((await inNode(series.subarray(0, 60))).answers);
  });

  it('a checkpoint of another model is refused and stays', async () => {
    const spec = { input: 2, layers: [gru(16)], output: dense(1) };
    const model = createModelOn(createBareRuntime(await loadKernels()), spec);
    const file = encodeCheckpoint({
      ...{ epoch: 1, offset: 30, definition: definitionOf(spec), weights: model.weights(), state: {} },
    });
    model.dispose();
    await edge.postBinary('foreign', frame(0, 30));
    await killed();
    await inside('foreign', 'UPDATE eddy_checkpoints SET bytes = ?', file);
    const response = await edge.postBinary('foreign', frame(30, 30));
    expect([response.status, await response.json()]).toMatchObject([409, { type: 'error', code: 'other-model' }]);
    const { socket, next } = await open('/sensors/foreign/socket');
    socket.send(writeFrame(frame(30, 30)));
    expect(await next()).toMatchObject({ type: 'error', code: 'other-model' });
    expect(await next()).toEqual({ closed: 1011 });
    socket.close();
    expect(await checkpointOf('foreign')).toEqual(Buffer.from(file));
  });

  it('a checkpoint that is damaged is refused and stays: no sensor starts anew in silence', async () => {
    await edge.postBinary('damaged', frame(0, 30));
    await killed();
    await inside('damaged', 'UPDATE eddy_checkpoints SET bytes = ?', Uint8Array.of(1, 2, 3));
    const response = await edge.postBinary('damaged', frame(30, 30));
    expect([response.status, await response.json()]).toMatchObject([500, { type: 'error', code: 'damaged' }]);
    expect((await edge.ask('/sensors/damaged')).status).toBe(500);
  });
});
