import { once } from 'node:events';
import WebSocket from 'ws';
import { writeFrame } from '../src/frame.js';
import type { ErrorReply } from '../src/refusal.js';
import type { Answer, Duplicate } from '../src/replies.js';

export type Reply = Answer | Duplicate | ErrorReply;

/** A sensor's own end of the WebSocket: sends a series one sample a frame, the next when the last was answered. */
export async function openSource(url: string, token: string, values: Float32Array, taken: number) {
  const socket = new WebSocket(url.replace('http', 'ws'), { headers: { authorization: `Bearer ${token}` } });
  await once(socket, 'open');
  let next = taken;
  let isWaiting = false;
  return {
    get ended(): boolean {
      return next >= values.length;
    },
    /** The answer; undefined at the series' end, or while the last answer is still to come. */
    async sendNext(): Promise<Reply | undefined> {
      if (next >= values.length || isWaiting) return undefined;
      isWaiting = true;
      const answered = once(socket, 'message');
      socket.send(writeFrame({ first: next + 1, values: values.subarray(next, next + 1) }));
      const reply: Reply = JSON.parse(String((await answered)[0]));
      isWaiting = false;
      if (reply.type === 'error') throw new Error(reply.message);
      next = reply.taken;
      return reply;
    },
    close: () => socket.close(),
  };
}
