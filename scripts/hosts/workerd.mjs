import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Where each compatibility date and flag puts Node's names out of reach, or in. */
export const flags = { plain: ['no_nodejs_compat', 'no_nodejs_compat_v2'], nodejs: ['nodejs_compat'] };

const COMPATIBILITY_DATE = '2026-11-17';
// The package's own launcher may be a Node script, which would stand between us and the process.
const { default: binary } = createRequire(import.meta.url)('workerd');

/** Milliseconds of processor time that a process has had, in all its threads. */
function processorTime(pid) {
  const threads = readdirSync(`/proc/${pid}/task`);
  const nanoseconds = threads.map((id) =>
    Number(readFileSync(`/proc/${pid}/task/${id}/schedstat`, 'utf8').split(' ')[0]),
  );
  return nanoseconds.reduce((sum, n) => sum + n, 0) / 1e6;
}

/**
 * Real workerd, one process for any number of workers.
 *
 * @param {string} folder
 * @param {{ [worker: string]: { script: string, flags: string[] } }} workers scripts in that folder, beside the `.wasm` files that they import
 * @returns {Promise<{ started: number, fetch: (worker: string, path?: string, init?: RequestInit) => Promise<Response>, close: () => void }>}
 *   `started`: milliseconds of processor time until it listens, when all workers' modules have run; time that other processes took does not count
 */
export async function openWorkerd(folder, workers) {
  const wasmBeside = (script) => {
    const beside = dirname(script);
    const files = readdirSync(join(folder, beside)).filter((file) => file.endsWith('.wasm'));
    return files.map((file) => join(beside, file));
  };
  const names = Object.keys(workers);
  const list = (values) => `[${values.join(', ')}]`;
  const config = [
    'using Workerd = import "/workerd/workerd.capnp";',
    `const config :Workerd.Config = (services = ${list(names.map((name) => `(name = "${name}", worker = .${name})`))},`,
    `  sockets = ${list(names.map((name) => `(name = "${name}", address = "127.0.0.1:0", http = (), service = "${name}")`))});`,
    ...names.map((name) => {
      const modules = [
        `(name = "${workers[name].script}", esModule = embed "${workers[name].script}")`,
        ...wasmBeside(workers[name].script).map((file) => `(name = "${file}", wasm = embed "${file}")`),
      ];
      const on = workers[name].flags.map((flag) => `"${flag}"`);
      return `const ${name} :Workerd.Worker = (modules = ${list(modules)}, compatibilityDate = "${COMPATIBILITY_DATE}", compatibilityFlags = ${list(on)});`;
    }),
  ];
  const file = join(folder, `${names.join('-')}.capnp`);
  writeFileSync(file, `${config.join('\n')}\n`);

  const child = spawn(binary, ['serve', '--control-fd=3', file], { stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
  let log = '';
  child.stdout.on('data', (data) => {
    log += data;
  });
  child.stderr.on('data', (data) => {
    log += data;
  });
  const ports = await new Promise((resolve, reject) => {
    const found = {};
    let text = '';
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`workerd ended with ${code}:\n${log}`)));
    child.stdio[3].on('data', (data) => {
      text += data;
      const lines = text.split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) {
        const { event, socket, port } = JSON.parse(line);
        if (event === 'listen') found[socket] = port;
      }
      if (names.every((name) => name in found)) resolve(found);
    });
  });
  return {
    started: processorTime(child.pid),
    fetch: async (worker, path = '/', init = undefined) => {
      const response = await fetch(`http://127.0.0.1:${ports[worker]}${path}`, init);
      if (response.status >= 500) throw new Error(`${worker}: ${await response.text()}\n${log}`);
      return response;
    },
    close: () => {
      child.removeAllListeners('exit');
      child.kill();
    },
  };
}
