import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';

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

/** What a worker may import from files beside its script. */
const kinds = { '.wasm': 'wasm', '.html': 'text' };

const list = (values) => `[${values.join(', ')}]`;
const quoted = (text) => JSON.stringify(`${text}`);

/** A worker's part of the configuration. */
function configOf(folder, { script, flags, objects = {}, bindings = {}, storage }) {
  const beside = readdirSync(join(folder, dirname(script))).filter((file) => extname(file) in kinds);
  const files = beside.map((file) => join(dirname(script), file));
  const modules = [
    `(name = "${script}", esModule = embed "${script}")`,
    ...files.map((file) => `(name = "${file}", ${kinds[extname(file)]} = embed "${file}")`),
  ];
  const namespaces = Object.values(objects).map(
    (name) => `(className = "${name}", uniqueKey = "eddy-${name}", enableSql = true)`,
  );
  const bound = [
    ...Object.entries(objects).map(([name, of]) => `(name = "${name}", durableObjectNamespace = "${of}")`),
    ...Object.entries(bindings).map(([name, text]) => `(name = "${name}", text = ${quoted(text)})`),
  ];
  return [
    `modules = ${list(modules)}`,
    `compatibilityDate = "${COMPATIBILITY_DATE}"`,
    `compatibilityFlags = ${list(flags.map(quoted))}`,
    `bindings = ${list(bound)}`,
    ...(storage
      ? [`durableObjectNamespaces = ${list(namespaces)}`, 'durableObjectStorage = (localDisk = "disk")']
      : []),
  ].join(', ');
}

/**
 * Real workerd, one process for any number of workers.
 *
 * @typedef {object} Worker
 * @property {string} script in the folder, beside the `.wasm` and `.html` files that it imports
 * @property {string[]} flags
 * @property {{ [binding: string]: string }} [objects] classes of Durable Objects; with `storage`
 * @property {{ [binding: string]: string | number }} [bindings] variables and secrets
 * @property {string} [storage] a folder that exists, where its objects' databases are; one worker of a process may have it
 *
 * @param {string} folder
 * @param {{ [worker: string]: Worker }} workers
 * @param {{ port?: number, inspect?: boolean }} [options] `port` of the first worker, 0: any that is free; `inspect`: a debugger may look inside
 * @returns {Promise<{ pid: number, started: number, url: (worker: string) => string, inspector: string | undefined, cpu: () => number, fetch: (worker: string, path?: string, init?: RequestInit) => Promise<Response>, close: () => void, kill: () => Promise<void> }>}
 *   `started`: milliseconds of processor time until it listens, when all workers' modules have run; time that other processes took does not
 *   count. `cpu()`: the same until now. `kill()` is kill -9.
 */
export async function openWorkerd(folder, workers, { port = 0, inspect = false } = {}) {
  const names = Object.keys(workers);
  const stored = names.find((name) => workers[name].storage);
  const services = names.map((name) => `(name = "${name}", worker = .${name})`);
  if (stored) services.push(`(name = "disk", disk = (path = ${quoted(workers[stored].storage)}, writable = true))`);
  const sockets = names.map(
    (name, i) => `(name = "${name}", address = "127.0.0.1:${i === 0 ? port : 0}", http = (), service = "${name}")`,
  );
  const config = [
    'using Workerd = import "/workerd/workerd.capnp";',
    `const config :Workerd.Config = (services = ${list(services)}, sockets = ${list(sockets)});`,
    ...names.map((name) => `const ${name} :Workerd.Worker = (${configOf(folder, workers[name])});`),
  ];
  const file = join(folder, `${names.join('-')}.capnp`);
  writeFileSync(file, `${config.join('\n')}\n`);

  const child = spawn(binary, ['serve', '--control-fd=3', ...(inspect ? ['--inspector-addr=127.0.0.1:0'] : []), file], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
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
        if (event === 'listen-inspector') found.inspector = port;
      }
      if ([...names, ...(inspect ? ['inspector'] : [])].every((name) => name in found)) resolve(found);
    });
  });
  return {
    pid: child.pid,
    started: processorTime(child.pid),
    url: (worker) => `http://127.0.0.1:${ports[worker]}`,
    inspector: inspect ? `127.0.0.1:${ports.inspector}` : undefined,
    cpu: () => processorTime(child.pid),
    fetch: async (worker, path = '/', init = undefined) => {
      const response = await fetch(`http://127.0.0.1:${ports[worker]}${path}`, init);
      if (response.status >= 500) throw new Error(`${worker}: ${await response.text()}\n${log}`);
      return response;
    },
    close: () => {
      child.removeAllListeners('exit');
      child.kill();
    },
    kill: () =>
      new Promise((resolve) => {
        child.removeAllListeners('exit');
        child.once('exit', () => resolve());
        // One that has ended by itself does not end again.
        if (child.exitCode !== null || child.signalCode !== null || !child.kill('SIGKILL')) resolve();
      }),
  };
}
