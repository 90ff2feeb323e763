import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createSaver, type LoadedSaver } from 'rx-eddy/checkpoint';
import { fileStore } from 'rx-eddy/checkpoint/file';

const hashOf = (sensor: string) => createHash('sha256').update(sensor).digest('hex');

/**
 * A sensor's checkpoints: files named after the hash of its name, so that no name can be a path. They lie in 256 folders, since each save
 * lists its own.
 */
export async function createCheckpoints(
  folder: string,
  sensor: string,
  onError: (error: unknown) => void,
): Promise<LoadedSaver> {
  const shard = join(folder, hashOf(sensor).slice(0, 2));
  await mkdir(shard, { recursive: true });
  return createSaver(fileStore(shard, { fileName: hashOf }), sensor, { onError });
}
