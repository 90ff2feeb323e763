import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { temporaryFiles } from '../temporaryFiles.js';
import { eddyAudio, eddyPath } from './eddyAudio.js';
import { HEADER, type Sound, wav, wave, withSizes } from './wav.js';
import { wire } from './wire.js';

// Several processes a test, each of which starts again.
vi.setConfig({ testTimeout: 60_000 });
const { at, write } = temporaryFiles();
const straight = write('wire.json', wire());

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
    const { status, stderr } = eddyAudio(['apply', straight, write('in.wav', file), at('out.wav')]);
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
    const { status, stdout } = eddyAudio(['apply', straight, '-', '-'], sizes[how]);
    expect(status).toBe(0);
    expect(stdout.readUInt32LE(40)).toBe(0xffffffff);
    expect(stdout.subarray(HEADER).equals(file.subarray(HEADER))).toBe(true);
    // And what it wrote it reads.
    const again = eddyAudio(['apply', straight, '-', at('again.wav')], stdout);
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
  });

  it('leaves out what stands behind the samples', () => {
    const file = wav(wave(3000, 32767));
    const list = Buffer.concat([file, Buffer.from('LIST\x04\0\0\0INFO', 'latin1')]);
    list.writeUInt32LE(list.length - 8, 4);
    expect(eddyAudio(['apply', straight, write('list.wav', list), at('out.wav')]).status).toBe(0);
    expect(readFileSync(at('out.wav')).equals(file)).toBe(true);
  });

  it('cuts off what goes beyond full scale, and says so', () => {
    const loud = write('loud.json', wire(0.75));
    const { status, stderr } = eddyAudio([
      'apply',
      loud,
      write('in.wav', wav([0, 16384, -32768, 32767])),
      at('out.wav'),
    ]);
    expect(status).toBe(0);
    expect(stderr).toMatch(/2 samples went beyond full scale/);
    const out = readFileSync(at('out.wav')).subarray(HEADER);
    expect([0, 2, 4, 6].map((byte) => out.readInt16LE(byte))).toEqual([24576, 32767, -8192, 32767]);
  });

  it('plays the sample before in place of one that is not finite', () => {
    const file = wav([0.5, Number.NaN, Number.POSITIVE_INFINITY, 0.25], { kind: 'float32' });
    const { status, stderr } = eddyAudio(['apply', straight, write('nan.wav', file), at('out.wav')]);
    expect(status).toBe(0);
    expect(stderr).toMatch(/2 samples were not finite/);
    const out = readFileSync(at('out.wav')).subarray(HEADER);
    expect([0, 4, 8, 12].map((byte) => out.readFloatLE(byte))).toEqual([0.5, 0.5, 0.5, 0.25]);
  });

  it('of a file that is cut off plays what there is, and fails', () => {
    const file = wav(wave(5000, 32767));
    const cut = write('cut.wav', file.subarray(0, HEADER + 2 * 3210 + 1));
    const { status, stderr } = eddyAudio(['apply', straight, cut, at('out.wav')]);
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
    const { status, stderr } = eddyAudio(['apply', straight, make(), at('never.wav')]);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/at .*js:\d/);
    expect(status).toBe(code);
    expect(existsSync(at('never.wav'))).toBe(false);
  });

  it('does not write over what it reads', () => {
    const file = wav(wave(100, 32767));
    const path = write('same.wav', file);
    const { status, stderr } = eddyAudio(['apply', straight, path, path]);
    expect(stderr).toMatch(/must be a file of its own/);
    expect(status).toBe(2);
    expect(readFileSync(path).equals(file)).toBe(true);
  });
});
