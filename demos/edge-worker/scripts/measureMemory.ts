import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEdge } from './openEdge.js';

const FRAME = 100;
const AT_ONCE = 8;
const READ_EVERY = 25;
const MORE_FRAMES = 400;

/**
 * Bytes of the isolate, JavaScript's heap and what lies beside it, with one object and with many, each of which has learned from a frame of 100
 * samples. The many are read again and again while more frames come: garbage comes and goes, and the `least` is nearest to what is in use.
 */
export async function measureMemory({ folder, objects }: { folder: string; objects: number }) {
  const storage = mkdtempSync(join(tmpdir(), 'eddy-memory-'));
  const edge = await openEdge({ folder, storage, inspect: true });
  const values = Float32Array.from({ length: FRAME }, (_, t) => t % 7);
  let frames = 0;
  const send = async () => {
    const turn = frames++;
    const first = 1 + FRAME * Math.floor(turn / objects);
    const response = await edge.postBinary(`sensor-${turn % objects}`, { first, values });
    if (!response.ok) throw new Error(await response.text());
    await response.arrayBuffer();
  };
  const sendUntil = (count: number) =>
    Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        while (frames < count) await send();
      }),
    );
  const sumOf = ({ script, beside }: { script: number; beside: number }) => script + beside;
  try {
    await send();
    const one = await edge.memory();
    await sendUntil(objects);
    const readings = [await edge.memory()];
    for (let count = objects; count < objects + MORE_FRAMES; count += READ_EVERY) {
      await sendUntil(count + READ_EVERY);
      readings.push(await edge.memory());
    }
    readings.sort((a, b) => sumOf(a) - sumOf(b));
    return { one, least: readings[0], most: readings[readings.length - 1] };
  } finally {
    edge.close();
    rmSync(storage, { recursive: true });
  }
}
