import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { readSafetensors } from '../../src/checkpoint/safetensors.js';
import { temporaryFiles } from '../temporaryFiles.js';
import { eddyAudio } from './eddyAudio.js';
import { HEADER, type Sound, wav, wave, withSizes } from './wav.js';

// Several processes a test, each of which starts again.
vi.setConfig({ testTimeout: 60_000 });
const { at, write } = temporaryFiles();

describe('eddy audio learn', () => {
  const dry = wave(30_000, 20000);
  const clipped = dry.map((x) => Math.round((30000 * x) / Math.hypot(12000, x)));
  const files = (name: string, sound: Sound = {}, wet = clipped) => [
    write(`${name}-dry.wav`, wav(dry, sound)),
    write(`${name}-wet.wav`, wav(wet, sound)),
  ];
  const learn = (paths: string[], model: string, ...options: string[]) =>
    eddyAudio(['learn', ...paths, '--model', at(model), '--units', '8', ...options]);
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
    const played = eddyAudio(['apply', at('good.safetensors'), paths[0], at('out.wav')]);
    expect(played.status).toBe(0);
    const out = readFileSync(at('out.wav'));
    let [error, signal] = [0, 0];
    for (let t = 24_000; t < 30_000; t++) {
      error += (out.readInt16LE(HEADER + 2 * t) - clipped[t]) ** 2;
      signal += clipped[t] ** 2;
    }
    expect(error / signal).toBeLessThan(0.05);
    const other = write('other.wav', wav(dry, { rate: 48000 }));
    const refused = eddyAudio(['apply', at('good.safetensors'), other, at('never.wav')]);
    expect(refused.stderr).toMatch(
      /must have the pedal's 44100 samples a second, it has 48000; resample it, or pass --any-rate/,
    );
    expect(refused.status).toBe(2);
    expect(eddyAudio(['apply', at('good.safetensors'), other, at('any.wav'), '--any-rate']).status).toBe(0);
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
    expect(eddyAudio(['apply', at('cut.safetensors'), paths[0], at('out.wav')]).status).toBe(0);
  });

  it('keeps what it learned of a pipe that ends early', () => {
    const [first, second] = files('pipe');
    const file = withSizes(readFileSync(first), 0, 0).subarray(0, HEADER + 2 * 10_000);
    const { status, stderr } = eddyAudio(
      ['learn', '-', second, '--model', at('pipe.safetensors'), '--units', '4'],
      file,
    );
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
      const { status } = eddyAudio(['learn', ...paths, '--model', at('never.safetensors'), ...options]);
      expect(status).toBe(2);
    }
    expect(eddyAudio(['learn', ...paths]).stderr).toMatch(/--model/);
  });
});
