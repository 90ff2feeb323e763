import type { WebSocket } from 'ws';
import type { ServerMessage } from '../protocol.js';
import { Bucket } from './bucket.js';
import { LIMITS } from './limits.js';

/** One dashboard: what it watches, and how far it has been shown each. */
export class Viewer {
  /** The number of the last row that was sent, by sensor. */
  readonly shown = new Map<string, number>();
  readonly commands = new Bucket(LIMITS.commandsPerSecond, LIMITS.commandsPerSecond, performance.now());
  #unreadSince: number | undefined;

  constructor(readonly socket: WebSocket) {}

  send(message: ServerMessage | string): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** Whether there is room for more; one that has not read for long is `stuck`. */
  room(now: number): 'room' | 'full' | 'stuck' {
    if (this.socket.bufferedAmount < LIMITS.unread) {
      this.#unreadSince = undefined;
      return 'room';
    }
    this.#unreadSince ??= now;
    return now - this.#unreadSince > LIMITS.unreadMs ? 'stuck' : 'full';
  }
}
