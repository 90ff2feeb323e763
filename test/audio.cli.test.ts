import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { readSafetensors } from '../src/checkpoint/safetensors.js';

const eddyPath = fileURLToPath(new URL('../dist/bin/eddy.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'eddy-audio-'));
afterAll(() => rmSync(folder, { recursive: true }));
// Several processes a test, each of which starts anew.
vi.setConfig({ testTimeout: 60_000 });
const at = (name: string) => join(folder, name);
const eddy = (args: string[], input?: Uint8Array) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [eddyPath, 'audio', ...args], {
    ...(input && { input }),
    maxBuffer: 1 << 28,
  });
  return { status, stdout, stderr: String(stderr) };
};

type Kind = 'int16' | 'int24' | 'float32';
interface Sound {
  kind?: Kind;
  rate?: number;
  channels?: number;
}
const bytesOf: Record<Kind, number> = { int16: 2, int24: 3, float32: 4 };
const HEADER = 44;

/** A WAV file, by RIFF's own definition; samples are interleaved, integers given as they are. */
function wav(samples: readonly number[], { kind = 'int16', rate = 44100, channels = 1 }: Sound = {}): Buffer {
  const bytes = bytesOf[kind];
  const data = samples.length * bytes;
  const file = Buffer.alloc(HEADER + data);
  file.write('RIFF', 0);
  file.writeUInt32LE(HEADER - 8 + data, 4);
  file.write('WAVEfmt ', 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(kind === 'float32' ? 3 : 1, 20);
  file.writeUInt16LE(channels, 22);
  file.writeUInt32LE(rate, 24);
  file.writeUInt32LE(rate * channels * bytes, 28);
  file.writeUInt16LE(channels * bytes, 32);
  file.writeUInt16LE(8 * bytes, 34);
  file.write('data', 36);
  file.writeUInt32LE(data, 40);
  samples.forEach((sample, i) => {
    if (kind === 'float32') file.writeFloatLE(sample, HEADER + i * bytes);
    else file.writeIntLE(sample, HEADER + i * bytes, bytes);
  });
  return file;
}
const withSizes = (file: Buffer, riff: number, data: number) => {
  const copy = Buffer.from(file);
  copy.writeUInt32LE(riff, 4);
  copy.writeUInt32LE(data, 40);
  return copy;
};

/** Not a pedal but a wire: nothing is added to its input but `bias`. GuitarML's own JSON, as its trainer writes it. */
function wire(name: string, bias = 0): string {
  const zeros = (...shape: number[]): unknown =>
    shape.length === 1 ? new Array(shape[0]).fill(0) : Array.from({ length: shape[0] }, () => zeros(...shape.slice(1)));
  const file = {
    model_data: {
      model: 'SimpleRNN',
      input_size: 1,
      skip: 1,
      output_size: 1,
      unit_type: 'LSTM',
      num_layers: 1,
      hidden_size: 2,
    },
    state_dict: {
      'rec.weight_ih_l0': zeros(8, 1),
      'rec.weight_hh_l0': zeros(8, 2),
      'rec.bias_ih_l0': zeros(8),
      'rec.bias_hh_l0': zeros(8),
      'lin.weight': zeros(1, 2),
      'lin.bias': [bias],
    },
  };
  writeFileSync(at(name), JSON.stringify(file));
  return at(name);
}
const straight = wire('wire.json');
const write = (name: string, file: Buffer) => {
  writeFileSync(at(name), file);
  return at(name);
};
const wave = (length: number, full: number) =>
  Array.from({ length }, (_, t) => Math.round(0.5 * full * Math.sin(t / 15) * (1 + Math.sin(t / 700))));

describe('eddy audio apply', () => {
  it.each<[string, Sound & { full: number }]>([
    ['16-bit mono', { full: 32767 }],
    ['16-bit stereo at 48 kHz', { channels: 2, rate: 48000, full: 32767 }],
    ['24-bit mono at 96 kHz', { kind: 'int24', rate: 96000, full: 8388607 }],
    ['24-bit stereo', { kind: 'int24', channels: 2, full: 8388607 }],
    ['32-bit float mono at 8 kHz', { kind: 'float32', rate: 8000, full: 1 }],
    ['32-bit float stereo', { kind: 'float32', channels: 2, full: 1 }],
  ])('plays %s through a wire of GuitarML’s, and every byte comes out as it went in', (name, { full, ...sound }) => {
    // 24 bits in float32 are exact, and so is one below full scale on the way back.
    const samples = wave(5000, full).map((x, t) => (full > 1 ? x : Math.fround(0.5 * Math.sin(t / 9))));
    const file = wav(samples, sound);
    const { status, stderr } = eddy(['apply', straight, write('in.wav', file), at('out.wav')]);
    expect(stderr).toMatch(/× real time/);
    expect(status).toBe(0);
    expect(readFileSync(at('out.wav')).equals(file), name).toBe(true);
  });

  it.each([
    ['as it is', 0],
    ['0, as a recorder that cannot go back writes it', 1],
    ['2³² − 1, as ffmpeg does', 2],
  ])('plays from pipe to pipe, the length in the header %s', (_, how) => {
    const file = wav(wave(7001, 32767));
    const sizes = [file, withSizes(file, 0, 0), withSizes(file, 0xffffffff, 0xffffffff)];
    const { status, stdout } = eddy(['apply', straight, '-', '-'], sizes[how]);
    expect(status).toBe(0);
    expect(stdout.readUInt32LE(40)).toBe(0xffffffff);
    expect(stdout.subarray(HEADER).equals(file.subarray(HEADER))).toBe(true);
    // And what it wrote it reads.
    const again = eddy(['apply', straight, '-', at('again.wav')], stdout);
    expect(again.status).toBe(0);
    expect(readFileSync(at('again.wav')).equals(file)).toBe(true);
  });

  it('plays while the sound still comes, and ends in peace when nobody listens any more', async () => {
    const child = spawn(process.execPath, [eddyPath, 'audio', 'apply', straight, '-', '-']);
    let errors = '';
    child.stderr.on('data', (chunk) => {
      errors += chunk;
    });
    child.stdin.on('error', () => {});
    const file = withSizes(wav(wave(400_000, 32767)), 0, 0);
    child.stdin.write(file.subarray(0, 200_000));
    const [first] = await once(child.stdout, 'data');
    expect(first.subarray(0, 4).toString()).toBe('RIFF');
    child.stdout.destroy();
    child.stdin.end(file.subarray(200_000));
    const [status] = await once(child, 'close');
    expect(status).toBe(0);
    expect(errors).not.toMatch(/EPIPE|at .*js:/);
  }, 30_000);

  it('leaves out what stands behind the samples', () => {
    const file = wav(wave(3000, 32767));
    const list = Buffer.concat([file, Buffer.from('LIST\x04\0\0\0INFO', 'latin1')]);
    list.writeUInt32LE(list.length - 8, 4);
    expect(eddy(['apply', straight, write('list.wav', list), at('out.wav')]).status).toBe(0);
    expect(readFileSync(at('out.wav')).equals(file)).toBe(true);
  });

  it('cuts off what goes beyond full scale, and says so', () => {
    const loud = wire('loud.json', 0.75);
    const { status, stderr } = eddy(['apply', loud, write('in.wav', wav([0, 16384, -32768, 32767])), at('out.wav')]);
    expect(status).toBe(0);
    expect(stderr).toMatch(/2 samples went beyond full scale/);
    const out = readFileSync(at('out.wav')).subarray(HEADER);
    expect([0, 2, 4, 6].map((byte) => out.readInt16LE(byte))).toEqual([24576, 32767, -8192, 32767]);
  });

  it('plays the sample before in place of one that is not finite', () => {
    const file = wav([0.5, Number.NaN, Number.POSITIVE_INFINITY, 0.25], { kind: 'float32' });
    const { status, stderr } = eddy(['apply', straight, write('nan.wav', file), at('out.wav')]);
    expect(status).toBe(0);
    expect(stderr).toMatch(/2 samples were not finite/);
    const out = readFileSync(at('out.wav')).subarray(HEADER);
    expect([0, 4, 8, 12].map((byte) => out.readFloatLE(byte))).toEqual([0.5, 0.5, 0.5, 0.25]);
  });

  it('of a file that is cut off plays what there is, and fails', () => {
    const file = wav(wave(5000, 32767));
    const cut = write('cut.wav', file.subarray(0, HEADER + 2 * 3210 + 1));
    const { status, stderr } = eddy(['apply', straight, cut, at('out.wav')]);
    expect(stderr).toMatch(/cut\.wav: ends after 3210 samples, its header promises 5000; the file is cut off/);
    expect(status).toBe(1);
    const out = readFileSync(at('out.wav'));
    expect(out.readUInt32LE(40)).toBe(2 * 3210);
    expect(out.subarray(HEADER).equals(file.subarray(HEADER, HEADER + 2 * 3210))).toBe(true);
  });

  it.each<[string, () => string, RegExp, number]>([
    [
      'no WAV',
      () => write('no.wav', Buffer.from('ID3, this is no WAV at all, whatever its name may say')),
      /no\.wav: cannot be read as WAV/,
      1,
    ],
    ['an empty file', () => write('no.wav', Buffer.alloc(0)), /no\.wav: cannot be read as WAV/, 1],
    ['half a header', () => write('no.wav', wav([1]).subarray(0, 20)), /no\.wav: cannot be read as WAV/, 1],
    ['no file', () => at('nowhere.wav'), /nowhere\.wav/, 1],
    [
      '8-bit samples',
      () => {
        const file = wav([1, 2, 3]);
        file.writeUInt16LE(1, 32);
        file.writeUInt16LE(8, 34);
        return write('eight.wav', file);
      },
      /must be 16- or 24-bit PCM or 32-bit float/,
      1,
    ],
  ])('refuses %s, and says what it wants', (_, make, message, code) => {
    const { status, stderr } = eddy(['apply', straight, make(), at('never.wav')]);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/at .*js:\d/);
    expect(status).toBe(code);
    expect(existsSync(at('never.wav'))).toBe(false);
  });

  it('does not write over what it reads', () => {
    const file = wav(wave(100, 32767));
    const path = write('same.wav', file);
    const { status, stderr } = eddy(['apply', straight, path, path]);
    expect(stderr).toMatch(/must be a file of its own/);
    expect(status).toBe(2);
    expect(readFileSync(path).equals(file)).toBe(true);
  });
});

describe('eddy audio learn', () => {
  const dry = wave(30_000, 20000);
  const clipped = dry.map((x) => Math.round((30000 * x) / Math.hypot(12000, x)));
  const files = (name: string, sound: Sound = {}, wet = clipped) => [
    write(`${name}-dry.wav`, wav(dry, sound)),
    write(`${name}-wet.wav`, wav(wet, sound)),
  ];
  const learn = (paths: string[], model: string, ...options: string[]) =>
    eddy(['learn', ...paths, '--model', at(model), '--units', '8', ...options]);
  const ratio = (stderr: string) => Number(/held out: ESR (\S+)/.exec(stderr)?.[1]);

  it('learns a clip, says how near it came on what it had not heard, and plays it at its rate alone', () => {
    const paths = files('good');
    const { status, stderr } = learn(paths, 'good.safetensors', '--hold-out', '0.2');
    expect(status).toBe(0);
    expect(stderr).toMatch(/0\.5 s {2}ESR \S+ {2}\S+ × real time/);
    expect(ratio(stderr)).toBeLessThan(0.05);
    expect(readSafetensors(readFileSync(at('good.safetensors'))).metadata).toMatchObject({
      format: 'eddy',
      offset: '24000',
    });
    const played = eddy(['apply', at('good.safetensors'), paths[0], at('out.wav')]);
    expect(played.status).toBe(0);
    const out = readFileSync(at('out.wav'));
    let [error, signal] = [0, 0];
    for (let t = 24_000; t < 30_000; t++) {
      error += (out.readInt16LE(HEADER + 2 * t) - clipped[t]) ** 2;
      signal += clipped[t] ** 2;
    }
    expect(error / signal).toBeLessThan(0.05);
    const other = write('other.wav', wav(dry, { rate: 48000 }));
    const refused = eddy(['apply', at('good.safetensors'), other, at('never.wav')]);
    expect(refused.stderr).toMatch(
      /must have the pedal's 44100 samples a second, it has 48000; resample it, or pass --any-rate/,
    );
    expect(refused.status).toBe(2);
    expect(eddy(['apply', at('good.safetensors'), other, at('any.wav'), '--any-rate']).status).toBe(0);
  });

  it('does not write over a pedal, but learns on from it when told to', () => {
    const paths = files('again');
    expect(learn(paths, 'again.safetensors').status).toBe(0);
    const before = readFileSync(at('again.safetensors'));
    const refused = learn(paths, 'again.safetensors');
    expect(refused.stderr).toMatch(/is there already; pass --continue/);
    expect(refused.status).toBe(2);
    expect(readFileSync(at('again.safetensors')).equals(before)).toBe(true);
    expect(learn(paths, 'again.safetensors', '--continue').status).toBe(0);
    expect(readSafetensors(readFileSync(at('again.safetensors'))).metadata.offset).toBe('60000');
  });

  it('takes stereo of floats', () => {
    const floats = (samples: number[]) => samples.map((x) => x / 32768);
    const sound: Sound = { kind: 'float32', channels: 2 };
    const paths = [write('st-dry.wav', wav(floats(dry), sound)), write('st-wet.wav', wav(floats(clipped), sound))];
    const { status, stderr } = learn(paths, 'stereo.safetensors');
    expect(stderr).toMatch(/44100 Hz, stereo, 32-bit float; lstm of 8 units/);
    expect(status).toBe(0);
  });

  it('keeps what it learned of a file that is cut off', () => {
    const paths = files('cut');
    writeFileSync(paths[1], readFileSync(paths[1]).subarray(0, HEADER + 2 * 20_000));
    const { status, stderr } = learn(paths, 'cut.safetensors');
    expect(stderr).toMatch(/cut-wet\.wav: ends after 20000 samples, its header promises 30000/);
    expect(status).toBe(1);
    expect(readSafetensors(readFileSync(at('cut.safetensors'))).metadata.offset).toBe('20000');
    expect(eddy(['apply', at('cut.safetensors'), paths[0], at('out.wav')]).status).toBe(0);
  });

  it('keeps what it learned of a pipe that ends early', () => {
    const [first, second] = files('pipe');
    const file = withSizes(readFileSync(first), 0, 0).subarray(0, HEADER + 2 * 10_000);
    const { status, stderr } = eddy(['learn', '-', second, '--model', at('pipe.safetensors'), '--units', '4'], file);
    expect(stderr).toMatch(/standard input: ends after 10000 samples, before .*pipe-wet\.wav does/);
    expect(status).toBe(1);
    expect(readSafetensors(readFileSync(at('pipe.safetensors'))).metadata.offset).toBe('10000');
  });

  it.each<[string, () => string[], RegExp]>([
    [
      'other rates',
      () => [write('a.wav', wav(dry)), write('b.wav', wav(clipped, { rate: 48000 }))],
      /must have one rate, got 44100 and 48000; resample/,
    ],
    [
      'other channels',
      () => [write('a.wav', wav(dry)), write('b.wav', wav(clipped, { channels: 2 }))],
      /must have one number of channels, got 1 and 2/,
    ],
    [
      'other lengths',
      () => [write('a.wav', wav(dry)), write('b.wav', wav(clipped.slice(1)))],
      /must have one length, got 30000 and 29999 samples; cut them/,
    ],
  ])('refuses dry and wet of %s before it learns', (_, make, message) => {
    const { status, stderr } = learn(make(), 'never.safetensors');
    expect(stderr).toMatch(message);
    expect(status).toBe(2);
    expect(existsSync(at('never.safetensors'))).toBe(false);
  });

  it('refuses a silent wet sound, and writes no pedal', () => {
    const { status, stderr } = learn(
      files(
        'silent',
        {},
        dry.map(() => 0),
      ),
      'silent.safetensors',
    );
    expect(stderr).toMatch(/silent-wet\.wav is silent, there is nothing to learn; check what was recorded/);
    expect(status).toBe(1);
    expect(existsSync(at('silent.safetensors'))).toBe(false);
  });

  it('says that the wet sound may be clipped, and that samples were not finite', () => {
    const wet = clipped.map((x, t) => (t % 1000 === 0 ? 1 : t === 500 ? Number.NaN : x / 32768));
    const sound: Sound = { kind: 'float32' };
    const paths = [
      write(
        'f-dry.wav',
        wav(
          dry.map((x) => x / 32768),
          sound,
        ),
      ),
      write('f-wet.wav', wav(wet, sound)),
    ];
    const { status, stderr } = learn(paths, 'full.safetensors');
    expect(stderr).toMatch(/f-wet\.wav is at full scale 30 times: it may be clipped/);
    expect(stderr).toMatch(/1 samples were not finite; nothing was learned from them/);
    expect(status).toBe(0);
  });

  it('refuses options that make no sense', () => {
    const paths = files('options');
    for (const options of [
      ['--units', '0'],
      ['--units', 'many'],
      ['--hold-out', '1'],
      ['--cell', 'transformer'],
      ['--seed', '-1'],
    ]) {
      const { status } = eddy(['learn', ...paths, '--model', at('never.safetensors'), ...options]);
      expect(status).toBe(2);
    }
    expect(eddy(['learn', ...paths]).stderr).toMatch(/--model/);
  });
});
