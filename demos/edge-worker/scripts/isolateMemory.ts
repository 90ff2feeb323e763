import { once } from 'node:events';
import WebSocket from 'ws';

/** Asks workerd's debugger how much its one isolate takes, in bytes. */
export async function isolateMemory(inspector: string | undefined): Promise<{ script: number; beside: number }> {
  const [{ webSocketDebuggerUrl }] = await (await fetch(`http://${inspector}/json/list`)).json();
  const socket = new WebSocket(webSocketDebuggerUrl);
  await once(socket, 'open');
  socket.send(JSON.stringify({ id: 1, method: 'Runtime.getHeapUsage' }));
  const [message] = await once(socket, 'message');
  socket.close();
  const { usedSize, backingStorageSize } = JSON.parse(String(message)).result;
  return { script: usedSize, beside: backingStorageSize };
}
