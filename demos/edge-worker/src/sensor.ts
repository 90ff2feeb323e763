import { type CheckpointStore, decodeCheckpoint } from 'rx-eddy/checkpoint';
import { durableObjectStore } from 'rx-eddy/checkpoint/durable-object';
import { PROTOCOL } from './authorize.js';
import type { Env } from './env.js';
import { type Frame, readFrame } from './frame.js';
import { answerIn, KEY, Learner } from './learner.js';
import { BURST, FIRST_REPORT_MS, FRAMES_PER_SECOND, REPORT_MS, SOCKETS } from './limits.js';
import { closeLearner, findOpen, keepOpen } from './openLearners.js';
import { asRefusal, Refusal } from './refusal.js';
import { type Answer, answerAgain, countKnown, type Duplicate } from './replies.js';
import type { Summary } from './summary.js';
import { TokenBucket } from './tokenBucket.js';

/**
 * One sensor: learns from its samples as they come and answers each frame with forecasts and scores. All that it knows is one checkpoint in its
 * own storage, written with every frame before the answer goes out; in memory is nothing that could not be lost at any time.
 */
export class Sensor implements DurableObject {
  readonly #bucket: TokenBucket;
  readonly #store: CheckpointStore;
  /** The frame before: two of them never interleave. */
  #line: Promise<unknown> = Promise.resolve();
  #reportIsDue = false;

  constructor(
    private readonly ctx: DurableObjectState,
    private readonly env: Env,
  ) {
    this.#store = durableObjectStore(ctx.storage, { generations: 1 });
    this.#bucket = new TokenBucket(Number(env.FRAMES_PER_SECOND ?? FRAMES_PER_SECOND), BURST);
  }

  async fetch(request: Request): Promise<Response> {
    try {
      return await this.#respond(request);
    } catch (error) {
      return asRefusal(error).toResponse();
    }
  }

  /** Authorized by the worker: `/sensors/NAME/ACT`. */
  async #respond(request: Request): Promise<Response> {
    const [, , sensor, act] = new URL(request.url).pathname.split('/');
    switch (act) {
      case 'samples': {
        this.#admit();
        const isText = request.headers.get('content-type')?.startsWith('application/json');
        return Response.json(
          await this.#take(sensor, readFrame(isText ? await request.text() : await request.arrayBuffer())),
        );
      }
      case 'socket':
      case 'live':
        return this.#accept(sensor, act, request);
      case 'checkpoint':
        return new Response((await this.#load(sensor)).bytes, {
          headers: { 'content-type': 'application/octet-stream' },
        });
      default: {
        if (request.method === 'DELETE') return this.#forget(sensor);
        const { offset, state } = decodeCheckpoint((await this.#load(sensor)).bytes);
        return Response.json({ type: 'sensor', sensor, taken: offset, answer: answerIn(state) });
      }
    }
  }

  #accept(sensor: string, role: 'socket' | 'live', request: Request): Response {
    if (this.ctx.getWebSockets().length >= SOCKETS) {
      throw new Refusal('too-many-sockets', `a sensor must have at most ${SOCKETS} WebSockets; close one`);
    }
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server, [role]);
    server.serializeAttachment({ sensor, role });
    const headers = new Headers();
    if (request.headers.has('sec-websocket-protocol')) headers.set('sec-websocket-protocol', PROTOCOL);
    return new Response(null, { status: 101, webSocket: client, headers });
  }

  async webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): Promise<void> {
    const { sensor, role }: { sensor: string; role: string } = socket.deserializeAttachment();
    try {
      this.#admit();
      if (role !== 'socket') throw new Refusal('read-only', 'a viewer must not send; samples go to …/socket');
      socket.send(JSON.stringify(await this.#take(sensor, readFrame(message))));
    } catch (error) {
      const refusal = asRefusal(error);
      socket.send(JSON.stringify(refusal.reply));
      if (refusal.close) socket.close(refusal.close, refusal.code);
    }
  }

  /** Answers the other end's close, which not every compatibility date does by itself. */
  webSocketClose(socket: WebSocket): void {
    socket.close();
  }

  /** Upkeep: tells the fleet how the sensor does. Cloudflare calls it again if it fails. */
  async alarm(): Promise<void> {
    this.#reportIsDue = false;
    const stored = await this.#store.load(KEY);
    const answer = stored && answerIn(decodeCheckpoint(stored.bytes).state);
    if (!answer) return;
    const { sensor, taken, value, score } = answer;
    const summary: Summary = { sensor, taken, value: value.at(-1) ?? 0, score: score.at(-1) ?? 0, at: Date.now() };
    await this.#fleet(sensor, { method: 'PUT', body: JSON.stringify(summary) });
  }

  #admit(): void {
    if (this.#bucket.take(Date.now())) return;
    throw new Refusal('too-many-frames', 'the sensor must send fewer frames a second; put more samples into each');
  }

  #take(sensor: string, frame: Frame): Promise<Answer | Duplicate> {
    const turn = this.#line.then(() => this.#learn(sensor, frame));
    this.#line = turn.catch(() => {});
    return turn;
  }

  async #learn(sensor: string, frame: Frame): Promise<Answer | Duplicate> {
    let learner = findOpen(this);
    if (!learner) {
      learner = await Learner.open(this.#store);
      keepOpen(this, learner);
    }
    const isNew = learner.taken === 0;
    const known = countKnown(frame, learner);
    if (known === frame.values.length) return answerAgain(sensor, frame, learner);
    try {
      const answer = learner.take(sensor, frame.values.subarray(known), known);
      await learner.save();
      await this.#planReport(isNew ? FIRST_REPORT_MS : REPORT_MS);
      const text = JSON.stringify(answer);
      for (const viewer of this.ctx.getWebSockets('live')) viewer.send(text);
      return answer;
    } catch (error) {
      closeLearner(this);
      throw error;
    }
  }

  async #planReport(inMs: number): Promise<void> {
    if (this.#reportIsDue) return;
    if ((await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(Date.now() + inMs);
    this.#reportIsDue = true;
  }

  async #load(sensor: string) {
    const stored = await this.#store.load(KEY);
    if (!stored) throw new Refusal('unknown-sensor', `no sample of "${sensor}" has ever come`);
    return stored;
  }

  async #forget(sensor: string): Promise<Response> {
    await this.#load(sensor);
    closeLearner(this);
    await this.ctx.storage.deleteAlarm();
    await this.ctx.storage.deleteAll();
    this.#reportIsDue = false;
    await this.#fleet(sensor, { method: 'DELETE' });
    return new Response(null, { status: 204 });
  }

  async #fleet(sensor: string, init: RequestInit): Promise<void> {
    const { FLEET } = this.env;
    const response = await FLEET.get(FLEET.idFromName('fleet')).fetch(`https://fleet/sensors/${sensor}`, init);
    if (!response.ok) throw new Error(`the fleet answered ${response.status}`);
  }
}
