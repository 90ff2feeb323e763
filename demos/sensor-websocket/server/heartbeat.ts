import type { WebSocket } from 'ws';

/** Pings a connection, and ends it when the last ping has not been answered. */
export function keepAlive(socket: WebSocket, everyMs: number, onSilent: () => void): void {
  let answered = true;
  const timer = setInterval(() => {
    if (!answered) {
      onSilent();
      socket.terminate();
      return;
    }
    answered = false;
    socket.ping();
  }, everyMs);
  socket.on('pong', () => {
    answered = true;
  });
  socket.on('close', () => clearInterval(timer));
}
