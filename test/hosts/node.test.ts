import { execFile, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, inject, it } from 'vitest';
import { expectQuickStart, LINES, quickStart } from './quickStart.js';

const run = promisify(execFile);
const installed = inject('installed');

/** That version's binary, from npm's `node` package. */
async function binaryOf(version: string): Promise<string> {
  const { stdout } = await run(
    'npm',
    ['exec', '--yes', `--package=node@${version}`, '--', 'node', '-p', 'process.execPath'],
    {
      cwd: installed,
    },
  );
  return stdout.trim();
}

async function runUntil(lines: number, binary: string, file: string): Promise<string[]> {
  const child = spawn(binary, [file], { cwd: installed });
  let text = '';
  let errors = '';
  child.stderr.on('data', (data) => {
    errors += data;
  });
  await new Promise<void>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', () => reject(new Error(`${file} ended early: ${errors}`)));
    child.stdout.on('data', (data) => {
      text += data;
      if (text.split('\n').length > lines) resolve();
    });
  });
  child.removeAllListeners('exit');
  child.kill();
  return text.split('\n').slice(0, lines);
}

describe('the packed package in Node', () => {
  it.concurrent.each(['20', '22', '24', 'latest'])("runs the README's quick start on Node %s", async (version) => {
    const file = `quickStart.${version}.mjs`;
    await writeFile(join(installed, file), quickStart().program);
    const binary = await binaryOf(version);
    const { stdout } = await run(binary, ['--version']);
    if (version !== 'latest') expect(stdout).toMatch(new RegExp(`^v${version}\\.`));
    expectQuickStart(await runUntil(LINES, binary, file));
  });

  it('can be required from CommonJS', async () => {
    const { stdout } = await run(process.execPath, ['-p', "typeof require('rx-eddy').createModel"], { cwd: installed });
    expect(stdout.trim()).toBe('function');
  });

  it("runs the user's own tfjs code on the one tfjs-core and heap, and listens to no errors of the process", async () => {
    const program = `
      import * as tf from '@tensorflow/tfjs-core';
      import { createModel, lstm } from 'rx-eddy';
      const model = await createModel({ input: 1, layers: [lstm(4)] });
      await tf.setBackend('wasm');
      const product = tf.matMul([[1, 2]], [[3], [4]]).dataSync()[0];
      const listeners = process.listenerCount('uncaughtException') + process.listenerCount('unhandledRejection');
      console.log(product, tf.backend().wasm.memory.buffer === model.runtime.heap.f32.buffer, listeners);
    `;
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program], { cwd: installed });
    expect(stdout.trim()).toBe('11 true 0');
  });
});
