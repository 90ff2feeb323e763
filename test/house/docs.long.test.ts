import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format } from 'node:util';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = `${root}docs/`;

interface Example {
  name: string;
  code: string;
  /** What it prints, when the page says so. */
  printed: string | undefined;
}

/** The ts blocks of a page, each with the text block that follows it. */
function examplesOf(page: string): Example[] {
  const text = readFileSync(folder + page, 'utf8');
  const blocks = text.matchAll(/^```ts\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?/gms);
  return Array.from(blocks, ([, code = '', printed], i) => ({ name: `${page.slice(0, -3)}.${i + 1}`, code, printed }));
}

const modules: Record<string, () => Promise<object>> = {
  '@tensorflow/tfjs-core': () => import('@tensorflow/tfjs-core'),
  'node:stream': () => import('node:stream'),
  'node:stream/promises': () => import('node:stream/promises'),
  'prom-client': () => import('prom-client'),
  rxjs: () => import('rxjs'),
  'rx-eddy': () => import('../../src/index.js'),
  'rx-eddy/audio': () => import('../../src/audio/index.js'),
  'rx-eddy/checkpoint': () => import('../../src/checkpoint/index.js'),
  'rx-eddy/interop': () => import('../../src/interop/index.js'),
  'rx-eddy/node': () => import('../../operators/streams/toNodeTransform.js'),
  'rx-eddy/operators': () => import('../../operators/index.js'),
  'rx-eddy/operators/forecasting/detectAnomalies': () => import('../../operators/forecasting/detectAnomalies.js'),
  'rx-eddy/operators/networks/learn': () => import('../../operators/networks/learn.js'),
  'rx-eddy/operators/streams/prometheusMetrics': () => import('../../operators/streams/prometheusMetrics.js'),
  'rx-eddy/tfjs': () => import('../../src/tfjs/index.js'),
  'rx-eddy/worker': () => import('../../src/worker/index.js'),
  'rx-eddy/web': () => import('../../operators/streams/toTransformStream.js'),
};

/** Runs a block as the module that it is; what it prints. */
async function run(code: string): Promise<string> {
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  });
  const body = outputText.replace(
    /^import (?:\* as (\w+)|\{(.*?)\}) from '(.*?)';$/gm,
    (_, whole: string | undefined, names: string | undefined, from: string) =>
      `const ${whole ?? `{${names?.replaceAll(' as ', ': ')}}`} = await load('${from}');`,
  );
  const lines: string[] = [];
  const console = { log: (...values: unknown[]) => lines.push(format(...values)) };
  const load = (from: string) => modules[from]?.() ?? expect.fail(`an example imports ${from}`);
  const AsyncFunction: FunctionConstructor = Object.getPrototypeOf(async () => {}).constructor;
  await AsyncFunction('load', 'console', body)(load, console);
  return lines.map((line) => `${line}\n`).join('');
}

/** What the compiler, as strict as for our own code, has to say about all examples at once. */
function complaints(examples: Example[]): string[] {
  const path = ({ name }: Example) => `${folder}${name}.ts`;
  const sources = new Map(examples.map((example) => [path(example), example.code]));
  const { config } = ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  Object.assign(options, {
    noEmit: true,
    paths: {
      'rx-eddy': ['./src/index.ts'],
      'rx-eddy/checkpoint': ['./src/checkpoint/index.ts'],
      'rx-eddy/interop': ['./src/interop/index.ts'],
      'rx-eddy/tfjs': ['./src/tfjs/index.ts'],
      'rx-eddy/node': ['./operators/streams/toNodeTransform.ts'],
      'rx-eddy/worker': ['./src/worker/index.ts'],
      'rx-eddy/web': ['./operators/streams/toTransformStream.ts'],
      'rx-eddy/operators': ['./operators/index.ts'],
      'rx-eddy/operators/*': ['./operators/*.ts'],
    },
  });
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists } = host;
  host.readFile = (file) => sources.get(file) ?? readFile(file);
  host.fileExists = (file) => sources.has(file) || fileExists(file);
  const program = ts.createProgram([...sources.keys()], options, host);
  return [...sources.keys()].flatMap((file) =>
    ts.getPreEmitDiagnostics(program, program.getSourceFile(file)).map(({ messageText }) => {
      return `${file.slice(folder.length)}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
    }),
  );
}

const operators = readdirSync(`${folder}operators`)
  .filter((file) => file.endsWith('.md'))
  .map((file) => `operators/${file}`);
const examples = [...operators, 'networks.md'].flatMap(examplesOf);

describe('the pages of the operators', () => {
  it.each(operators)('%s says what it emits, when it fails and what it keeps, and has an example', (page) => {
    const text = readFileSync(folder + page, 'utf8');
    expect(text).toMatch(/^# \w+/);
    for (const word of [/\*\*Emits\*\*/, /\*\*fails\*\*/i, /\*\*(keeps )?state\*\*/i]) expect(text).toMatch(word);
    expect(examplesOf(page).length).toBeGreaterThan(0);
  });
});

describe('the examples of the pages', () => {
  it.each(examples)('$name runs, and prints what the page says', async ({ code, printed }) => {
    expect(await run(code)).toBe(printed ?? '');
  });

  it('compile', { timeout: 60_000 }, () => {
    expect(complaints(examples)).toEqual([]);
  });
});
