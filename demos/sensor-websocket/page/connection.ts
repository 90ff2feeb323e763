import { BehaviorSubject, Observable, retry, share, timer } from 'rxjs';
import type { ServerMessage, ViewerMessage } from '../protocol.js';

export type Status = 'connecting' | 'connected' | 'disconnected';

export interface Connection {
  /** What the server says; a lost connection is opened again for as long as someone listens. */
  readonly messages: Observable<ServerMessage>;
  readonly status: Observable<Status>;
  /** Sends now, or not at all: a command must not act minutes later. Says whether it was sent. */
  send(message: ViewerMessage): boolean;
}

/** First waits 250 ms, then longer each time, never over 5 s; a little at random, so that many pages do not return in step. */
const delayOf = (failures: number) => Math.min(5000, 250 * 2 ** (failures - 1)) * (0.75 + Math.random() / 2);

export function connect(url: string): Connection {
  const status = new BehaviorSubject<Status>('connecting');
  let socket: WebSocket | undefined;

  const once = new Observable<ServerMessage>((subscriber) => {
    const opened = new WebSocket(url);
    opened.onopen = () => {
      socket = opened;
      status.next('connected');
    };
    opened.onmessage = ({ data }) => subscriber.next(JSON.parse(String(data)));
    opened.onclose = () => {
      socket = undefined;
      status.next('disconnected');
      subscriber.error(new Error('closed'));
    };
    return () => {
      socket = undefined;
      opened.onclose = null;
      opened.close();
    };
  });

  return {
    messages: once.pipe(retry({ delay: (_, failures) => timer(delayOf(failures)), resetOnSuccess: true }), share()),
    status,
    send(message) {
      socket?.send(JSON.stringify(message));
      return socket !== undefined;
    },
  };
}
