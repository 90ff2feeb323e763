import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/**
 * The sensor demo as a process of its own, its checkpoints in a folder that goes with it.
 *
 * @param {readonly string[]} options of the demo's command line
 */
export async function startDemo(options) {
  const folder = mkdtempSync(join(tmpdir(), 'eddy-sensors-'));
  const all = ['build/demos/sensor-websocket/main.mjs', '--port', '0', '--checkpoints', folder, ...options];
  const child = spawn(process.execPath, all, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(createInterface(child.stdout), 'line');
  const [url] = /http\S+/.exec(line) ?? [];
  if (!url) throw new Error(`the demo must say where it listens, it said: ${line}`);
  return {
    url,
    async stop() {
      child.kill('SIGTERM');
      await once(child, 'exit');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
