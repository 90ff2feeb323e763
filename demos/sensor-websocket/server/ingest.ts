import type { WebSocket } from 'ws';
import type { Dropped } from './dropped.js';
import { FrameError } from './frames.js';
import { LIMITS } from './limits.js';
import { defaultsOf, Readings } from './readings.js';
import type { Sensors } from './sensors.js';

/** One sensor's connection: every frame goes to the stream; one that is not to the protocol ends the connection and says why. */
export function ingest(socket: WebSocket, url: URL, sensors: Sensors, dropped: Dropped): void {
  const refuse = (error: unknown) => {
    dropped.add('frame');
    if (error instanceof FrameError) socket.close(error.code, error.message);
    else throw error;
  };
  const answer = (answer: object) => {
    // Who asks for answers and does not read them is left without.
    if (socket.readyState === socket.OPEN && socket.bufferedAmount < LIMITS.unread) socket.send(JSON.stringify(answer));
  };
  try {
    const intake = new Readings(
      sensors,
      dropped,
      defaultsOf(url),
      url.searchParams.has('answers') ? answer : undefined,
    );
    socket.on('message', (data: Buffer, isBinary) => {
      if (socket.readyState !== socket.OPEN) return; // what came behind a frame that was refused
      try {
        intake.take(data, isBinary);
      } catch (error) {
        refuse(error);
      }
    });
  } catch (error) {
    refuse(error);
  }
}
