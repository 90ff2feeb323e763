// Who is measured, how each starts, and what is known of it.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build, built } from './native/build.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const versionOf = (name, folder = here) => {
  const file = `${folder}node_modules/${name}/package.json`;
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).version : undefined;
};
const inNode = (module, option) => ({
  command: process.execPath,
  arguments: [`${here}worker.mjs`, module, ...(option ? [option] : [])],
});
const fromNpm = (name, module, option, packages = [name]) => ({
  ...inNode(module, option),
  missing: () => {
    const absent = packages.find((needed) => !versionOf(needed));
    return absent && `${absent} is not installed: npm ci --prefix bench`;
  },
  version: () => versionOf(name),
});

/** The first Python that has PyTorch. */
function findPython() {
  const candidates = [process.env.PYTHON, 'python3', '/usr/bin/python3'].filter(Boolean);
  for (const command of candidates) {
    const { status, stdout } = spawnSync(command, ['-c', 'import torch; print(torch.__version__)'], {
      encoding: 'utf8',
    });
    if (status === 0) return { command, version: stdout.trim() };
  }
  return undefined;
}
let python;

const compilerVersion = (command) => spawnSync(command, ['--version'], { encoding: 'utf8' }).stdout?.split('\n')[0];

/**
 * `starred` works: what is computed differs there (the README says how), so that its numbers are not compared with the others'.
 * @type {{ name: string, command?: string, arguments?: string[], missing?: () => string | undefined, version?: () => string | undefined,
 *   starred?: (config: object) => boolean, leaves?: (config: object) => boolean }[]}
 */
export const contestants = [
  {
    name: 'eddy',
    ...inNode('./adapter.mjs'),
    missing: () => (existsSync(`${here}../dist/src/index.js`) ? undefined : 'not built: npm run build'),
    version: () => JSON.parse(readFileSync(`${here}../package.json`, 'utf8')).version,
  },
  {
    name: 'C in wasm',
    ...inNode('./peers/wasmC.mjs'),
    missing: () => build('wasm'),
    version: () => compilerVersion('clang'),
  },
  {
    name: 'C native',
    command: `${built}native`,
    arguments: [],
    missing: () => build('native'),
    version: () => compilerVersion('cc'),
  },
  {
    name: 'tfjs ops',
    ...fromNpm('@tensorflow/tfjs-core', './peers/tfjs.mjs', undefined, [
      '@tensorflow/tfjs-core',
      '@tensorflow/tfjs-backend-wasm',
      '@tensorflow/tfjs',
    ]),
  },
  {
    name: 'tfjs-layers',
    ...fromNpm('@tensorflow/tfjs-layers', './peers/tfjsLayers.mjs'),
    starred: ({ work, cell }) => work === 'W2' || cell === 'gru',
  },
  { name: 'onnxruntime-node', ...fromNpm('onnxruntime-node', './peers/onnxruntime.mjs', 'node') },
  { name: 'onnxruntime-web', ...fromNpm('onnxruntime-web', './peers/onnxruntime.mjs', 'web') },
  {
    name: 'PyTorch',
    get command() {
      return python?.command;
    },
    arguments: [`${here}peers/pytorch.py`],
    missing: () => {
      python ??= findPython();
      return python ? undefined : 'no Python with torch: apt-get install python3-torch, or set PYTHON';
    },
    version: () => python?.version,
  },
  { name: 'brain.js', ...fromNpm('brain.js', './peers/brain.mjs'), starred: () => true },
  { name: 'plain JavaScript', ...inNode('./peers/plainJs.mjs') },
];
