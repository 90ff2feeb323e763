import { bufferTime, filter, Observable } from 'rxjs';
import type { Sample } from './motion.js';

const BATCH_MS = 100;

/** Sends samples in batches, ten a second, and emits each batch that went; fails as the connection does. */
export const ingest = (url: string, sensor: string, samples: Observable<Sample>): Observable<readonly Sample[]> =>
  new Observable((subscriber) => {
    const socket = new WebSocket(url);
    socket.onclose = ({ reason }) => subscriber.error(new Error(reason || 'The connection is lost.'));
    const batches = samples.pipe(
      bufferTime(BATCH_MS),
      filter((batch) => batch.length > 0 && socket.readyState === WebSocket.OPEN),
    );
    const sending = batches.subscribe({
      next: (batch) => {
        const [t, values] = [batch.map(({ time }) => time), batch.map((sample) => sample.values)];
        socket.send(JSON.stringify({ sensor, t, values }));
        subscriber.next(batch);
      },
      error: (error) => subscriber.error(error),
    });
    return () => {
      sending.unsubscribe();
      socket.onclose = null;
      socket.close();
    };
  });
