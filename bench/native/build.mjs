// Compiles the C contestants where there is a compiler: native, 128-bit and without fused multiply-add, as an engine's wasm is; and wasm.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
export const built = `${here}build/`;
const shared = ['-O3', '-std=gnu11', '-ffp-contract=off', '-fno-math-errno', '-fno-trapping-math', '-Wno-psabi'];

const compilers = {
  native: {
    command: 'cc',
    // With AVX an instruction has three operands, as the code that engines make; 128 bits all the same.
    arguments: [
      ...(process.arch === 'x64' ? ['-mavx', '-mprefer-vector-width=128'] : []),
      'worker.c',
      '-o',
      'build/native',
    ],
  },
  wasm: {
    command: 'clang',
    arguments: [
      ...['--target=wasm32', '-msimd128', '-mbulk-memory', '-nostdlib', '-ffreestanding'],
      ...['-Wl,--no-entry', '-Wl,--export-dynamic', '-fvisibility=hidden', 'wasm.c', '-o', 'build/kernels.wasm'],
    ],
  },
};

/** Builds one of them; why it could not, or undefined. */
export function build(name) {
  mkdirSync(built, { recursive: true });
  const { command, arguments: rest } = compilers[name];
  const { error, status, stderr } = spawnSync(command, [...shared, ...rest], { cwd: here, encoding: 'utf8' });
  if (error) return `${command} is not installed`;
  return status === 0
    ? undefined
    : `${command} failed: ${stderr.split('\n').find((line) => /error/.test(line)) ?? status}`;
}
