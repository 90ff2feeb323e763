import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../house/sources.js';

export const eddyPath = join(root, 'dist/bin/eddy.js');

/** Runs `eddy audio`. */
export const eddyAudio = (args: string[], input?: Uint8Array) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [eddyPath, 'audio', ...args], {
    ...(input && { input }),
    maxBuffer: 1 << 28,
  });
  return { status, stdout, stderr: String(stderr) };
};
