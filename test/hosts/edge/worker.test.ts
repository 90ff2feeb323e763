import { decodeCheckpoint } from 'rx-eddy/checkpoint';
import { describe, expect, it } from 'vitest';
import { writeFrame } from '../../../demos/edge-worker/src/frame.js';
import type { Answer } from '../../../demos/edge-worker/src/replies.js';
import { inNode } from './inNode.js';
import { checkpointOf, edge, frame, inside, joined, killed, numbersOf, open, post, series } from './sensorWorker.js';

describe('a sensor at the edge', () => {
  it('answers as Node computes, bit for bit, whatever the frames and over both ways in', {
    timeout: 60_000,
  }, async () => {
    const { socket, next } = await open('/sensors/bits/socket');
    const answers: Answer[] = [];
    for (let taken = 0, turn = 0; taken < series.length; turn++) {
      const part = frame(taken, [1, 7, 64, 2, 130][turn % 5]);
      const text = JSON.stringify({ first: part.first, values: [...part.values] });
      const way = turn % 4;
      if (way < 2) answers.push(await (await (way === 0 ? post('bits', text) : edge.postBinary('bits', part))).json());
      else {
        socket.send(way === 2 ? text : writeFrame(part));
        answers.push((await next()) as Answer);
      }
      taken += part.values.length;
      expect(answers.at(-1)).toMatchObject({ type: 'answer', sensor: 'bits', taken, duplicates: 0 });
    }
    socket.close();
    const { answers: expected, weights } = await inNode(series);
    expect(joined(answers)).toEqual(expected);
    const kept = decodeCheckpoint(await checkpointOf('bits'));
    expect(kept.offset).toBe(series.length);
    expect(kept.weights).toEqual(weights);
  });

  it('goes on bit for bit after kill -9 and after its object has been made anew', { timeout: 60_000 }, async () => {
    const answers: Answer[] = [];
    for (let taken = 0; taken < 300; taken += 100) {
      answers.push(await (await edge.postBinary('again', frame(taken, 100))).json());
      await killed();
    }
    expect(joined(answers)).toEqual((await inNode(series.subarray(0, 300))).answers);
  });

  it('hibernates under an open WebSocket and wakes as it was', { timeout: 60_000 }, async () => {
    const { socket, next } = await open('/sensors/sleeper/socket');
    socket.send(writeFrame(frame(0, 200)));
    const answers = [(await next()) as Answer];
    const before = await inside('sleeper');
    // Ten idle seconds are what the platform waits for; nothing but time brings it about.
    await new Promise((resolve) => setTimeout(resolve, 13_000));
    socket.send(writeFrame(frame(200, 200)));
    answers.push((await next()) as Answer);
    expect((await inside('sleeper')).made).toBe(before.made + 1);
    expect(joined(answers)).toEqual((await inNode(series.subarray(0, 400))).answers);
    socket.close();
  });

  it('says nothing of a sensor that it does not know, and leaves nothing behind', async () => {
    const response = await edge.ask('/sensors/nobody');
    expect([response.status, (await response.json()).code]).toEqual([404, 'unknown-sensor']);
    expect((await edge.ask('/sensors/nobody/checkpoint')).status).toBe(404);
    const { rows } = await inside('nobody', "SELECT name FROM sqlite_master WHERE name LIKE 'eddy%'");
    expect(rows).toEqual([]);
  });

  it('is in the fleet a second after its first sample, and out of it when it is forgotten', {
    timeout: 60_000,
  }, async () => {
    const listed = async () => {
      const { sensors } = await (await fetch(`${edge.url}/fleet?after=fleet-`)).json();
      return sensors.find(({ sensor }: { sensor: string }) => sensor === 'fleet-1');
    };
    await edge.postBinary('fleet-1', frame(0, 5));
    await expect.poll(listed, { timeout: 20_000 }).toMatchObject({ sensor: 'fleet-1', taken: 5, value: series[4] });
    expect((await edge.ask('/sensors/fleet-1', { method: 'DELETE' })).status).toBe(204);
    expect(await listed()).toBeUndefined();
    expect((await edge.ask('/sensors/fleet-1')).status).toBe(404);
    // What comes now is a new sensor.
    expect(numbersOf(await (await edge.postBinary('fleet-1', frame(0, 5))).json())).toEqual(
      (await inNode(series.subarray(0, 5))).answers,
    );
  });

  it('shows what it says to those who look on, and takes nothing from them', async () => {
    const viewer = await open('/sensors/seen/live', []);
    const answer = await (await edge.postBinary('seen', frame(0, 3))).json();
    expect(await viewer.next()).toEqual(answer);
    viewer.socket.send(JSON.stringify({ first: 4, values: [1] }));
    expect(await viewer.next()).toMatchObject({ type: 'error', code: 'read-only' });
    expect(await viewer.next()).toEqual({ closed: 1008 });
    expect((await (await edge.ask('/sensors/seen')).json()).taken).toBe(3);
  });
});

describe('a sample that was taken', () => {
  it('is never learned from twice: the same frame gets the same answer', async () => {
    const first = await (await edge.postBinary('twice', frame(0, 40))).json();
    const kept = await checkpointOf('twice');
    expect(await (await edge.postBinary('twice', frame(0, 40))).json()).toEqual({ ...first, duplicates: 40 });
    expect(await checkpointOf('twice')).toEqual(kept);
    const part = await (await edge.postBinary('twice', frame(10, 5))).json();
    expect(part).toMatchObject({ first: 11, taken: 40, duplicates: 5, forecast: first.forecast.slice(10, 15) });
  });

  it('is passed over where a frame brings new ones behind it', async () => {
    await edge.postBinary('overlap', frame(0, 40));
    const answer = await (await edge.postBinary('overlap', frame(30, 30))).json();
    expect(answer).toMatchObject({ first: 41, taken: 60, duplicates: 10 });
    expect(answer.forecast).toEqual((await inNode(series.subarray(0, 60))).answers.forecast.slice(40));
  });

  it('is acknowledged as a duplicate when its answer is not kept any more', async () => {
    await edge.postBinary('old', frame(0, 10));
    await edge.postBinary('old', frame(10, 10));
    expect(await (await edge.postBinary('old', frame(0, 10))).json()).toEqual({
      ...{ type: 'duplicate', sensor: 'old', first: 1, taken: 20, duplicates: 10 },
    });
  });

  it('may not come again with another value', async () => {
    await edge.postBinary('other', frame(0, 10));
    const kept = await checkpointOf('other');
    const response = await edge.postJson('other', { first: 10, values: [series[9] + 1, 5] });
    expect([response.status, await response.json()]).toMatchObject([409, { code: 'conflict', expected: 11 }]);
    expect(await checkpointOf('other')).toEqual(kept);
  });

  it('is taken once of many that come at the same time', async () => {
    const replies = await Promise.all(Array.from({ length: 12 }, () => edge.postBinary('race', frame(0, 20))));
    const answers: Answer[] = await Promise.all(replies.map((reply) => reply.json()));
    expect(answers.filter(({ duplicates }) => duplicates === 0)).toHaveLength(1);
    for (const answer of answers) expect(numbersOf(answer)).toEqual(numbersOf(answers[0]));
    expect(decodeCheckpoint(await checkpointOf('race'))).toMatchObject({ epoch: 1, offset: 20 });
  });
});
