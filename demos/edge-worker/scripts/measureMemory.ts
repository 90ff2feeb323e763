import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEdge } from './openEdge.js';

/** Bytes of the isolate with one object and with many, each of which has learned from a frame of 100 samples. */
export async function measureMemory({ folder, objects }: { folder: string; objects: number }) {
  const storage = mkdtempSync(join(tmpdir(), 'eddy-memory-'));
  const edge = await openEdge({ folder, storage, inspect: true });
  const values = Float32Array.from({ length: 100 }, (_, t) => t % 7);
  const learn = async (from: number, to: number) => {
    for (let k = from; k < to; k++) {
      const response = await edge.postBinary(`sensor-${k}`, { first: 1, values });
      if (!response.ok) throw new Error(await response.text());
      await response.arrayBuffer();
    }
  };
  try {
    await learn(0, 1);
    const one = await edge.memory();
    await learn(1, objects);
    return { one, all: await edge.memory() };
  } finally {
    edge.close();
    rmSync(storage, { recursive: true });
  }
}
