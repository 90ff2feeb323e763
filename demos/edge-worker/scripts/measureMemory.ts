import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEdge } from './openEdge.js';

const AT_ONCE = 16;

/** Bytes of the isolate with one object and with many, each of which has learned from a frame of 100 samples. */
export async function measureMemory({ folder, objects }: { folder: string; objects: number }) {
  const storage = mkdtempSync(join(tmpdir(), 'eddy-memory-'));
  const edge = await openEdge({ folder, storage, inspect: true });
  const values = Float32Array.from({ length: 100 }, (_, t) => t % 7);
  let sensors = 0;
  const learn = async (count: number) => {
    while (sensors < count) {
      const response = await edge.postBinary(`sensor-${sensors++}`, { first: 1, values });
      if (!response.ok) throw new Error(await response.text());
      await response.arrayBuffer();
    }
  };
  try {
    await learn(1);
    const one = await edge.memory();
    await Promise.all(Array.from({ length: AT_ONCE }, () => learn(objects)));
    return { one, all: await edge.memory() };
  } finally {
    edge.close();
    rmSync(storage, { recursive: true });
  }
}
