// Compiles every kernel (*.as.ts, found by folder) into dist/eddy.wasm, and writes down for TypeScript what only the kernels know:
// the number of each cell, loss and optimizer, the fields of their records, the signatures of their exports.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const at = (path) => join(root, path);
const read = (path) => readFileSync(at(path), 'utf8');
const write = (path, text) => (existsSync(at(path)) && read(path) === text ? undefined : writeFileSync(at(path), text));

const families = {
  cells: {
    forward: 'cellForward(layer: Layer, pass: Pass): void',
    backward: 'cellBackward(layer: Layer, pass: Pass): void',
  },
  losses: {
    loss: 'lossOf(kind: u32, y: usize, target: usize, d: usize, outputs: u32, parameters: usize): f64',
    // Of those alone whose value is a whole window's.
    alongTime:
      'lossAlongTime(kind: u32, y: usize, target: usize, d: usize, stride: usize, T: u32, outputs: u32, parameters: usize): f64',
  },
  optimizers: { step: 'optimize(kind: u32, update: Update): void' },
};
const kernelFolders = (family) =>
  readdirSync(at(`src/nn/${family}`)).filter((name) => existsSync(at(`src/nn/${family}/${name}/kernel.as.ts`)));

function dispatch() {
  const imports = [
    'import { Layer, Pass } from "../src/nn/cells/layer.as";',
    'import { Update } from "../src/nn/optimizers/optimizer.as";',
  ];
  const functions = [];
  for (const [family, calls] of Object.entries(families)) {
    for (const [name, signature] of Object.entries(calls)) {
      const parameters = [...signature.matchAll(/(\w+): /g)].map((m) => m[1]);
      const [choose, given] = family === 'cells' ? ['layer.cell', parameters] : ['kind', parameters.slice(1)];
      const cases = kernelFolders(family).flatMap((folder, kind) => {
        if (!signatures(`src/nn/${family}/${folder}/kernel.as.ts`).some((exported) => exported.name === name))
          return [];
        const as = `${folder}_${name}`;
        imports.push(`import { ${name} as ${as} } from "../src/nn/${family}/${folder}/kernel.as";`);
        const call = `${as}(${given.join(', ')})`;
        return [`    case ${kind}: ${signature.endsWith('void') ? `${call}; return` : `return ${call}`};`];
      });
      functions.push(
        `export function ${signature} {\n  switch (${choose}) {\n${cases.join('\n')}\n  }\n  unreachable();${signature.endsWith('f64') ? '\n  return NaN;' : ''}\n}`,
      );
    }
  }
  return `${imports.join('\n')}\n\n${functions.join('\n\n')}\n`;
}

const exported = ['nn/model', 'nn/readouts', 'learner', 'stats'].flatMap((folder) =>
  readdirSync(at(`src/${folder}`), { recursive: true })
    .filter((file) => file.endsWith('kernel.as.ts') && !file.includes('dense'))
    .map((file) => `src/${folder}/${file}`),
);
const prefix = (file) => file.split('/').at(-2);
const camel = (file, name) => prefix(file) + name[0].toUpperCase() + name.slice(1);
const signatures = (file) =>
  [...read(file).matchAll(/^export function (\w+)\(([^)]*)\): (\w+)/gm)].map(([, name, parameters, result]) => ({
    name,
    parameters,
    result,
  }));

function entry() {
  return exported
    .map(
      (file) =>
        `export { ${signatures(file)
          .map(({ name }) => `${name} as ${camel(file, name)}`)
          .join(', ')} } from "../${file.replace(/\.ts$/, '')}";`,
    )
    .join('\n');
}

function records() {
  const files = readdirSync(at('src'), { recursive: true }).filter((file) => file.endsWith('.as.ts'));
  return files.flatMap((file) =>
    [...read(`src/${file}`).matchAll(/@unmanaged\s+export class (\w+) \{([^}]*)\}/g)].map(([, name, body]) => {
      let offset = 0;
      const fields = [...body.matchAll(/^\s+(\w+): (\w+);/gm)].map(([, field, type]) => {
        const size = type === 'f64' ? 8 : 4;
        offset = Math.ceil(offset / size) * size;
        const line = `  ${field}: { at: ${offset}, type: '${type === 'f64' || type === 'f32' ? type : 'u32'}' },`;
        offset += size;
        return line;
      });
      return `export const ${name} = {\n${fields.join('\n')}\n} as const;\nexport const ${name}Bytes = ${Math.ceil(offset / 8) * 8 === offset ? offset : body.includes('f64') ? Math.ceil(offset / 8) * 8 : offset};`;
    }),
  );
}

function facts() {
  const kinds = Object.keys(families).map(
    (family) =>
      `export const ${family} = { ${kernelFolders(family)
        .map((name, kind) => `${name}: ${kind}`)
        .join(', ')} } as const;`,
  );
  const calls = exported.flatMap((file) =>
    signatures(file).map(({ name, parameters, result }) => {
      const names = [...parameters.matchAll(/(\w+): (\w+)/g)].map(([, parameter]) => `${parameter}: number`);
      return `  ${camel(file, name)}(${names.join(', ')}): ${result === 'void' ? 'void' : 'number'};`;
    }),
  );
  return [
    '// Written by scripts/kernels.mjs from the kernels.',
    ...kinds,
    '',
    ...records(),
    '',
    'export type KernelExports = {',
    ...calls,
    '};',
    '',
  ].join('\n');
}

export function buildKernels() {
  mkdirSync(at('build'), { recursive: true });
  mkdirSync(at('dist'), { recursive: true });
  write('build/dispatch.as.ts', dispatch());
  write('build/entry.as.ts', entry());
  write('src/runtime/kernels.generated.ts', facts());
  const asc = join(createRequire(import.meta.url).resolve('assemblyscript/package.json'), '../bin/asc.js');
  const options = [
    '-O3',
    '--converge',
    '--runtime',
    'stub',
    '--importMemory',
    '--noExportMemory',
    '--enable',
    'simd',
    '--noAssert',
    '--use',
    'abort=',
    '--disableWarning',
    '201',
  ];
  execFileSync(
    process.execPath,
    [asc, relative(root, at('build/entry.as.ts')), ...options, '-o', 'dist/eddy.wasm', '-t', 'build/eddy.wat'],
    { cwd: root, stdio: 'inherit' },
  );
}
