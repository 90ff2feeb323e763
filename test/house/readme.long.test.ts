import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it, vi } from 'vitest';
import { root } from './sources.js';

vi.setConfig({ testTimeout: 60_000 });

const readme = readFileSync(join(root, 'README.md'), 'utf8');
const blocks = (language: string) =>
  [...readme.matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)].filter(([, name]) => name === language).map(([, , code]) => code);
const examples = blocks('ts');

/** What the text around an example has made beforehand. */
const before = [
  '',
  `import { pipeline } from 'node:stream/promises';
import { createModel, dense, lstm } from 'rx-eddy';
import { predict } from 'rx-eddy/operators';
const model = await createModel({ input: 1, layers: [lstm(8)], output: dense(1) });
const samples = [0.1, 0.2, 0.3];
const sink = async (outputs: AsyncIterable<Float32Array>) => { for await (const [y] of outputs) console.log('came', Number.isFinite(y)); };
`,
  `import { adam, createModel, dense, lstm, mse, createLearner } from 'rx-eddy';
const model = await createModel({ input: 1, layers: [lstm(8)], output: dense(1) });
`,
  `import { adam, createModel, dense, lstm, mse } from 'rx-eddy';
import { fileStore } from 'rx-eddy/checkpoint/file';
import { checkpoint, detectAnomalies, detectDrift } from 'rx-eddy/operators';
import { learnStage } from 'rx-eddy/operators/networks/learn';
import { filter, from } from 'rxjs';
const model = await createModel({ input: 1, layers: [lstm(8)], output: dense(1) });
const options = { target: (r: Reading) => r.celsius, features: (r: Reading) => [r.celsius], k1: 1, k2: 8, loss: mse, optimizer: adam(1e-3) };
interface Reading { celsius: number; at: number }
const readings$ = from([{ celsius: 20, at: 0 }, { celsius: 21, at: 1000 }]);
const losses$ = from([0.1, 0.2]);
`,
];
const after = ['', '', '\nconsole.log(y.length, index, learner.counts.samples);\n', ''];
const programs = examples.map((code, k) => `${before[k]}${code}${after[k]}`);

/** Runs a program on the built package until it ends or has printed `lines` lines. */
async function say(program: string, lines: number): Promise<string[]> {
  const { outputText } = ts.transpileModule(program, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  });
  const child = spawn(process.execPath, ['--input-type=module', '-e', outputText], { cwd: root });
  const closed = once(child, 'close');
  let printed = '';
  let failed = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    failed += text;
  });
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
    if (printed.split('\n').length > lines) child.kill();
  });
  await closed;
  expect(failed).toBe('');
  return printed.trimEnd().split('\n').slice(0, lines);
}

describe('the README', () => {
  it('has as many examples as are tested here', () => expect(examples.length).toBe(before.length));

  it('has examples that the type checker passes', () => {
    const files = new Map(programs.map((program, k) => [join(root, `readme-example-${k}.ts`), program]));
    const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
    const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
    const host = ts.createCompilerHost(options);
    const { fileExists, readFile } = host;
    host.fileExists = (path) => files.has(path) || fileExists(path);
    host.readFile = (path) => files.get(path) ?? readFile(path);
    const { getSourceFile } = host;
    host.getSourceFile = (path, target, ...rest) => {
      const program = files.get(path);
      return program === undefined ? getSourceFile(path, target, ...rest) : ts.createSourceFile(path, program, target);
    };
    const checked = ts.createProgram([...files.keys()], { ...options, noEmit: true, noUnusedLocals: false }, host);
    const wrong = ts
      .getPreEmitDiagnostics(checked)
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
    expect(wrong).toEqual([]);
  });

  it('has examples that run', async () => {
    const [stream, node, plain] = await Promise.all([say(programs[0], 5), say(programs[1], 3), say(programs[2], 1)]);
    expect(stream.map((line) => line.split(' ').length)).toEqual([3, 3, 3, 3, 3]);
    expect(stream[0]).toMatch(/^1 \S+ undefined$/);
    expect(stream[4]).toMatch(/^5 \S+ \d/);
    expect(node).toEqual(['came true', 'came true', 'came true']);
    expect(plain).toEqual(['1 1 1']);
  });

  it('gives two commands to set up: one that runs the main job, one that tests', () => {
    const commands = blocks('sh').flatMap((code) => code.split('\n').filter((line) => line.startsWith('npm ')));
    expect(commands).toEqual(['npm ci && npm start', 'npm ci && npm test']);
    expect(readFileSync(join(root, '.ci/run'), 'utf8')).toContain('\nnpm ci && npm test\n');
  });
});
