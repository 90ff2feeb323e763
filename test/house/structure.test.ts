import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hostMathematics } from './hostMathematics.js';
import {
  declaredNames,
  exportsOf,
  globalsOf,
  importsOf,
  longFunctions,
  nodesOf,
  readSource,
  readSources,
  root,
} from './sources.js';

/** From the ground up: a file imports from its own line or from lines above it. The first pattern that fits a path counts. */
const layers: readonly (readonly RegExp[])[] = [
  [/^src\/math\//],
  [/^src\/core\//],
  [/^src\/runtime\//],
  [/^src\/(stats\/|nn\/initializers)/],
  [/^src\/nn\/(cells|embedding|readouts|losses|optimizers|schedules)\//],
  [/^src\/nn\//],
  [/^src\/learner\//],
  [/^src\/(intervals|drift|anomaly)\//],
  [/^src\/forecast\//],
  [/^src\/(tfjs|audio|checkpoint)\//],
  [/^src\/(worker|interop)\//],
  [/^src\/(index|bare)/],
  [/^operators\/shared\//, /^operators\/streams\/(asOperator|withInputs)/],
  [/^operators\//],
  [/^(bin|demos)\//],
];
const layerOf = (path: string) => layers.findIndex((patterns) => patterns.some((pattern) => pattern.test(path)));

const sources = readSources('src', 'operators', 'bin');
const under = (...folders: string[]) => sources.filter(({ path }) => folders.some((folder) => path.startsWith(folder)));

describe('imports', () => {
  it('go down the layers only', () => {
    const upward = sources.flatMap((source) =>
      importsOf(source)
        .filter((to) => /^(src|operators|bin|demos|test|bench)\//.test(to))
        .filter((to) => layerOf(to) < 0 || layerOf(source.path) < 0 || layerOf(to) > layerOf(source.path))
        .map((to) => `${source.path} imports ${to}`),
    );
    expect(upward).toEqual([]);
  });

  it('never go in a circle', () => {
    const edges = new Map(sources.map((source) => [source.path.replace(/\.ts$/, ''), importsOf(source)]));
    const done = new Set<string>();
    const circleFrom = (path: string, trail: readonly string[]): readonly string[] | undefined => {
      if (trail.includes(path)) return [...trail, path];
      if (done.has(path)) return undefined;
      const found = edges.get(path)?.map((to) => circleFrom(to, [...trail, path]));
      done.add(path);
      return found?.find((circle) => circle);
    };
    expect([...edges.keys()].flatMap((path) => circleFrom(path, []) ?? [])).toEqual([]);
  });

  const importers = (name: RegExp, among = sources) =>
    among.filter((source) => importsOf(source).some((from) => name.test(from))).map(({ path }) => path);

  it('bring rxjs into operators alone', () => {
    expect(importers(/^rxjs/, under('src'))).toEqual([]);
    expect(importers(/^rxjs\/internal/)).toEqual([]);
  });

  it('bring tfjs and the host’s modules into the runtime alone', () => {
    const outside = importers(/^@tensorflow\/|^#tfjs/).filter((path) => !/^src\/(runtime|tfjs)\//.test(path));
    expect(outside).toEqual([]);
  });

  it('bring node:* into the runtime of Node, the stores, the Node adapters and the programs alone', () => {
    const outside = importers(/^node:/).filter(
      (path) =>
        !/^(src\/runtime\/.*\.node\.ts|src\/checkpoint\/stores\/|operators\/streams\/to\w+\.ts|bin\/)/.test(path),
    );
    expect(outside).toEqual([]);
  });

  it('keep the heap from the operators', () => {
    // The engine hands its networks the runtime that they run on, and least squares keep their covariance there.
    const engine = ['forecastEngine', 'channelEngine', 'networkForecaster', 'networkModels'];
    const onHeap = [...engine.map((name) => `src/forecast/${name}.ts`), 'src/stats/rls/index.ts'];
    expect(
      importers(
        /^src\/runtime\//,
        under('operators', 'src/forecast', 'src/stats', 'src/anomaly', 'src/intervals', 'src/drift'),
      ).filter((path) => !onHeap.includes(path)),
    ).toEqual([]);
  });

  it('leave demos and scripts to themselves: what both build with is in tools', () => {
    const importsAcross = (folder: string, other: string) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((file) => /\.(ts|mjs)$/.test(file))
        .flatMap((file) => importsOf(readSource(join(folder, file))).filter((to) => to.startsWith(`${other}/`)));
    expect([...importsAcross('demos', 'scripts'), ...importsAcross('scripts', 'demos')]).toEqual([]);
  });

  it('leave the backend’s own tests and benches out of the package', () => {
    expect(importers(/^(test|bench|scripts)\//)).toEqual([]);
  });
});

describe('sizes', () => {
  it('keep files under 250 lines; where one is longer, its reason stands in it', () => {
    const long = under('src', 'operators')
      .filter(({ path, tree }) => !path.endsWith('.as.ts') && tree.text.split('\n').length > 250)
      .filter(({ tree }) => !/Over 250 lines/.test(tree.text));
    expect(long.map(({ path }) => path)).toEqual([]);
  });

  it('keep functions under 60 lines; where one is longer, its reason stands beside it', () => {
    const long = under('src', 'operators').flatMap((source) => longFunctions(source, 60, /Over 60 lines/));
    expect(long).toEqual([]);
  });
});

describe('names', () => {
  it('stand for one thing: no two files of src and operators export the same', () => {
    // One of them is chosen for each host by package.json.
    const hosts = /^src\/runtime\/\w+\.(browser|node|workerd)\.ts$/;
    const exported = under('src', 'operators')
      .filter(({ path }) => !path.endsWith('.as.ts') && !hosts.test(path) && !path.endsWith('/docs.ts'))
      .flatMap((source) => declaredNames(source).map((name) => ({ name, path: source.path })));
    const twice = exported.filter(({ name, path }) => exported.some((one) => one.name === name && one.path !== path));
    expect(twice).toEqual([]);
  });
});

describe('what the host chooses', () => {
  it('touches no number: of Math only what is exact, and powers of two', () => {
    expect(under('src', 'operators').flatMap(({ tree }) => hostMathematics(tree))).toEqual([]);
  });

  it('is not asked: no clock, no page, no process in src, nor in what streams', () => {
    const host = new Set([
      ...['performance', 'crypto', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'],
      ...['window', 'document', 'navigator', 'location', 'localStorage', 'indexedDB', 'fetch', 'XMLHttpRequest'],
      ...['globalThis', 'self', 'global', 'process', 'Buffer', 'require', '__dirname', 'SharedArrayBuffer'],
    ]);
    const outside = under('src', 'operators').filter(
      // `instrument` measures time; its clock is an option.
      ({ path }) =>
        !/^(src\/runtime\/|src\/checkpoint\/stores\/|operators\/streams\/(to\w+|instrument)\.ts)/.test(path),
    );
    const asked = outside.flatMap((source) =>
      globalsOf(source)
        .filter((name) => host.has(name))
        .map((name) => `${source.path}: ${name}`),
    );
    expect(asked).toEqual([]);
  });

  it('is not asked for the time: dates are made of what a sample says', () => {
    const now = under('src', 'operators').flatMap((source) =>
      nodesOf(source)
        .map((node) => node.getText())
        .filter((text) => text === 'Date.now' || text === 'new Date()')
        .map((text) => `${source.path}: ${text}`),
    );
    expect(now).toEqual([]);
  });
});

describe('the package', () => {
  const entries: Record<string, { file: string; names: string[] }> = JSON.parse(
    readFileSync(join(root, 'test/house/exports.json'), 'utf8'),
  );

  it.each(Object.entries(entries))('exports from %s just these names', (_, { file, names }) => {
    expect(exportsOf(readSource(file))).toEqual(names);
  });

  it('has no entry that is not listed here', () => {
    const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const files = [
      './operators/*',
      './operators/streams/toNodeTransform',
      './operators/shared/*',
      './eddy.wasm',
      './tfjs.wasm',
      './package.json',
    ];
    expect(Object.keys(exports).sort()).toEqual([...Object.keys(entries), ...files].sort());
  });

  it('gives each operator a file named after it', () => {
    const misnamed = under('operators')
      .filter(({ path }) => path !== 'operators/index.ts' && !path.startsWith('operators/shared/'))
      .filter((source) => !exportsOf(source).includes(basename(source.path, '.ts')));
    expect(misnamed.map(({ path }) => path)).toEqual([]);
  });
});

describe('the kernels’ module', () => {
  const bytes = readFileSync(join(root, 'dist/eddy.wasm'));
  const module = new WebAssembly.Module(bytes);

  /** Numbers of the module's sections, as the core specification 5.5.2 numbers them. */
  function sections(): number[] {
    const found: number[] = [];
    for (let at = 8; at < bytes.length; ) {
      found.push(bytes[at++]);
      let size = 0;
      let shift = 0;
      for (let byte = 128; byte >= 128; shift += 7) {
        byte = bytes[at++];
        size |= (byte & 127) << shift;
      }
      at += size;
    }
    return found;
  }

  it('places nothing in the memory that it shares: no data section', () => {
    const [DATA, DATA_COUNT, CODE] = [11, 12, 10];
    expect(sections()).toContain(CODE);
    expect(sections()).not.toContain(DATA);
    expect(sections()).not.toContain(DATA_COUNT);
  });

  it('imports the memory and nothing else', () => {
    expect(WebAssembly.Module.imports(module)).toEqual([{ module: 'env', name: 'memory', kind: 'memory' }]);
  });

  it('exports functions only', () => {
    expect(WebAssembly.Module.exports(module).filter(({ kind }) => kind !== 'function')).toEqual([]);
  });

  it('is at most 48 kB', () => {
    expect(bytes.length).toBeLessThan(48 * 1024);
  });
});
