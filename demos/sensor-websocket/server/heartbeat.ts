import type { WebSocket } from 'ws';

/** Pings a connection, and ends it when nothing at all has come of it since the last ping. */
export function keepAlive(socket: WebSocket, everyMs: number, onSilent: () => void): void {
  let heard = true;
  const hear = () => {
    heard = true;
  };
  const end = () => {
    if (heard) return;
    onSilent();
    socket.terminate();
  };
  const timer = setInterval(() => {
    // After a long turn of ours its answer may lie there unread: it is read before the verdict.
    if (!heard) setImmediate(end);
    else {
      heard = false;
      socket.ping();
    }
  }, everyMs);
  socket.on('pong', hear);
  socket.on('message', hear);
  socket.on('close', () => clearInterval(timer));
}
