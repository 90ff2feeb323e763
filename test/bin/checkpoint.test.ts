import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { readSafetensors } from '../../src/checkpoint/safetensors.js';

// Runs the built command: `npm test` builds it first.
vi.setConfig({ testTimeout: 60_000 });
const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'eddy-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);
const golden = (name: string) => join(root, 'test/golden', name);

function eddy(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'dist/bin/eddy.js'), ...args], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr, lines: stdout.split('\n').slice(0, -1) };
}

const rows = Array.from({ length: 250 }, (_, t) => (t % 31 === 30 ? '' : String(Math.sin(t / 4))));
const csv = (count: number) => {
  const path = at(`${count}.csv`);
  writeFileSync(
    path,
    `t,v\n${rows
      .slice(0, count)
      .map((value, t) => `${t},${value}`)
      .join('\n')}\n`,
  );
  return path;
};
const forecast = (count: number, ...args: string[]) =>
  eddy('forecast', csv(count), '--column', 'v', '--units', '8', '--on-invalid', 'skip', ...args);

describe('eddy forecast --checkpoint', () => {
  test('goes on at the row after the checkpoint: all runs together write what one run writes', () => {
    const whole = forecast(250);
    const file = ['--checkpoint', at('grown')];
    const parts = [90, 100, 100, 250].map((count) => forecast(count, ...file, '--every', '30'));
    expect(parts.map(({ status }) => status)).toEqual([0, 0, 0, 0]);
    expect(parts.flatMap(({ lines }) => lines)).toEqual(whole.lines);
    expect(parts[2].lines).toEqual([]);
    const score = (text: string) => text.split('\n')[1];
    expect(score(parts[3].stderr)).toBe(score(whole.stderr));
  });

  test('says so when it has to go back to the checkpoint before, and loses nothing', () => {
    const whole = forecast(250);
    const file = at('damaged');
    forecast(120, '--checkpoint', file, '--every', '50');
    const bytes = readFileSync(file);
    bytes[bytes.length >> 1] ^= 1;
    writeFileSync(file, bytes);
    const again = forecast(250, '--checkpoint', file, '--every', '50');
    expect(again.status).toBe(0);
    expect(again.stderr).toMatch(/damaged cannot be read.*went back/);
    // Row 100 is the last that it had seen; the skipped ones have no line.
    expect(again.lines).toEqual(whole.lines.slice(-again.lines.length));
    expect(JSON.parse(again.lines[0]).index).toBe(100 - rows.slice(0, 100).filter((value) => value === '').length + 1);
  });

  test.each<[string, string[], RegExp]>([
    ['another network', ['--units', '9'], /begun with --units 8, got 9/],
    ['another horizon', ['--horizon', '3'], /begun with --horizon 1, got 3/],
    ['another column', ['--column', 't'], /of --column 'v', got 't'/],
  ])('refuses to go on with %s', (name, args, message) => {
    const file = ['--checkpoint', at(name)];
    expect(forecast(60, ...file).status).toBe(0);
    const again = forecast(120, ...file, ...args);
    expect(again.status).toBe(2);
    expect(again.stderr).toMatch(message);
    expect(again.stdout).toBe('');
  });

  test('refuses an input that is shorter than what it has seen, and a file that is no checkpoint', () => {
    const file = ['--checkpoint', at('shorter')];
    forecast(60, ...file);
    expect(forecast(40, ...file)).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/has seen 60 rows, the input has 40/),
    });
    const other = forecast(40, '--checkpoint', csv(60));
    expect(other).toMatchObject({ status: 1, stderr: expect.stringMatching(/none of 1 can be read/) });
  });

  test('survives SIGKILL at 50 random moments', { timeout: 300_000 }, () => {
    const { stdout, status } = spawnSync(process.execPath, [join(root, 'scripts/killAtRandom.mjs'), '50'], {
      encoding: 'utf8',
    });
    const result = JSON.parse(stdout);
    expect(result.kills).toBeGreaterThanOrEqual(50);
    expect(result).toMatchObject({ lost: 0, changed: 0, unreadable: 0, otherState: 0 });
    expect(status).toBe(0);
  });
});

describe('eddy anomaly --checkpoint', () => {
  const anomaly = (count: number, ...args: string[]) => eddy('anomaly', csv(count), '--column', 'v', ...args);

  test('goes on at the row after the checkpoint, under one header: all runs together write what one run writes', () => {
    const whole = anomaly(250, '--explain');
    const parts = [90, 100, 100, 250].map((count) =>
      anomaly(count, '--explain', '--checkpoint', at('a'), '--every', '7'),
    );
    expect(parts.map(({ status }) => status)).toEqual([0, 0, 0, 0]);
    expect(parts.flatMap(({ lines }) => lines)).toEqual(whole.lines);
    expect(parts[2].lines).toEqual([]);
    expect(parts[3].stderr).toBe(whole.stderr);
  });

  test('goes on with each of several series', () => {
    const both = ['a', 'b'].map((id, k) => rows.map((value, t) => `${id},${t},${value && Number(value) * (k + 1)}`));
    const table = (count: number) => {
      const path = at(`keys ${count}.csv`);
      const lines = Array.from({ length: count }, (_, t) => both.map((own) => own[t])).flat();
      writeFileSync(path, `id,t,v\n${lines.join('\n')}\n`);
      return path;
    };
    const keyed = (count: number, ...args: string[]) =>
      eddy('anomaly', table(count), '--column', 'v', '--key', 'id', ...args);
    const parts = [90, 200].map((count) => keyed(count, '--checkpoint', at('keyed'), '--every', '7'));
    expect(parts.flatMap(({ lines }) => lines)).toEqual(keyed(200).lines);
  });

  test.each<[string, string[], RegExp]>([
    ['other columns in its output', ['--nab'], /begun with --nab false, got true/],
    ['another column', ['--column', 't'], /of --column 'v', got 't'/],
    ['another policy', ['--gaps', 'alarm'], /begun with --gaps ignore, got alarm/],
  ])('refuses to go on with %s', (name, args, message) => {
    expect(anomaly(60, '--checkpoint', at(`a ${name}`)).status).toBe(0);
    const again = anomaly(120, '--checkpoint', at(`a ${name}`), ...args);
    expect(again).toMatchObject({ status: 2, stdout: '', stderr: expect.stringMatching(message) });
  });
});

describe('eddy inspect', () => {
  test('shows a checkpoint: samples, optimizer, layers, shapes, parameters, memory and time', () => {
    forecast(60, '--checkpoint', at('seen'), '--layers', '2');
    const { status, stdout } = eddy('inspect', at('seen'));
    expect(status).toBe(0);
    expect(stdout).toMatch(/checkpoint 1, [\d.]+ kB/);
    expect(stdout).toMatch(/\n60 samples seen\n/);
    expect(stdout).toMatch(/adam, \d+ updates/);
    expect(stdout).toMatch(
      /layers\.1 {2}lstm 8 {2}weight_ih \[32, 8\], weight_hh \[32, 8\], bias_ih \[32\], bias_hh \[32\]/,
    );
    expect(stdout).toMatch(/\n1,289 parameters\n/);
    expect(stdout).toMatch(/weights 5\.0 kB/);
    expect(stdout).toMatch(/µs a sample/);
  });

  test('fails on a file that it does not know', () => {
    expect(eddy('inspect', csv(60))).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringMatching(/no kind that is known/),
    });
    expect(eddy('inspect', at('nothing'))).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/nothing cannot be read/),
    });
  });
});

describe('eddy convert', () => {
  test('takes PyTorch’s file through every other kind and back, byte for byte in its tensors', () => {
    const chain: [string, string[]][] = [
      ['model.onnx', []],
      ['model.eddy', []],
      ['model.json', ['--to', 'guitarml']],
      ['again.safetensors', ['--to', 'pytorch']],
    ];
    const start = golden('interop_gru1_gru_pytorch.safetensors');
    let from = start;
    for (const [name, options] of chain) {
      const { status, stderr } = eddy('convert', from, at(name), ...options);
      expect(stderr).toMatch(/gru 5/);
      expect(status).toBe(0);
      from = at(name);
    }
    expect(readSafetensors(readFileSync(from)).tensors).toEqual(readSafetensors(readFileSync(start)).tensors);
  });

  test.each<[string, string, string[], RegExp, number]>([
    ['a pickle', 'model.pt', [...'\x80\x02}q'], /pickle.*save the weights as safetensors/, 1],
    ['a zip archive', 'model.keras', [...'PK\x03\x04'], /zip archive.*safetensors/, 1],
    ['HDF5', 'model.h5', [...'\x89HDF\r\n'], /HDF5.*safetensors/, 1],
  ])('says what to do with %s', (_, name, characters, message, code) => {
    writeFileSync(
      at(name),
      Uint8Array.from(characters, (c) => c.charCodeAt(0)),
    );
    expect(eddy('convert', at(name), at('never.onnx'))).toMatchObject({
      status: code,
      stderr: expect.stringMatching(message),
    });
  });

  test('refuses an ending that would promise another format, and a folder that is not there', () => {
    const from = golden('interop_gru1_gru_pytorch.safetensors');
    const ending = eddy('convert', from, at('out.h5'));
    expect(ending).toMatchObject({ status: 2, stderr: expect.stringMatching(/no \.h5 file can be written.*--to/) });
    const nowhere = eddy('convert', from, at('no/where.eddy'));
    expect(nowhere).toMatchObject({ status: 1, stderr: expect.stringMatching(/cannot be written.*check the path/) });
  });

  test('fails on what it cannot carry over, and writes nothing', () => {
    const out = at('never.json');
    writeFileSync(
      at('skip.json'),
      '{"in_shape":[null,null,1],"in_skip":1,"layers":[{"type":"gru","activation":"","shape":[null,null,1],"weights":[[[1,2,3]],[[1,2,3]],[[1,2,3],[1,2,3]]]},{"type":"dense","activation":"","shape":[null,null,1],"weights":[[[1]],[0]]}]}',
    );
    const { status, stderr } = eddy('convert', at('skip.json'), out, '--to', 'onnx');
    expect(stderr).toMatch(/adds its input to its output/);
    expect(status).toBe(2);
    expect(() => readFileSync(out)).toThrow(/ENOENT/);
  });
});
