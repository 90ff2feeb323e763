import fc from 'fast-check';
import { lastValueFrom, of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { mel, melStage } from '../../../operators/sound/mel.js';
import { spectrum, spectrumStage } from '../../../operators/sound/spectrum.js';
import { describeOperator } from '../shared/laws.js';

/** |X_k|² by the definition. */
const dft = (frame: number[]) =>
  Array.from({ length: frame.length / 2 + 1 }, (_, k) => {
    const part = (wave: (x: number) => number) =>
      frame.reduce((sum, x, n) => sum + x * wave((2 * Math.PI * k * n) / frame.length), 0);
    return part(Math.cos) ** 2 + part(Math.sin) ** 2;
  });
const frameOf = (size: number) =>
  fc.array(
    fc.integer({ min: -1000, max: 1000 }).map((n) => n / 1000),
    { minLength: size, maxLength: size },
  );
const sine = (size: number, hertz: number, sampleRate: number) =>
  Array.from({ length: size }, (_, n) => Math.sin((2 * Math.PI * hertz * n) / sampleRate));
const bad = [[1], [1, 2, 3, Number.NaN, 1, 1, 1, 1], JSON.parse('"text"')];

describeOperator('spectrum', {
  operator: () => spectrum(8),
  open: spectrumStage(8),
  sample: frameOf(8),
  bad,
  tolerant: (onInvalid) => spectrum(8, { onInvalid }),
  without: { failing: 'it calls nothing' },
});

describeOperator('mel', {
  operator: () => mel(8, { sampleRate: 8000, bands: 2 }),
  open: melStage(8, { sampleRate: 8000, bands: 2 }),
  sample: frameOf(8),
  bad,
  tolerant: (onInvalid) => mel(8, { sampleRate: 8000, bands: 2, onInvalid }),
  without: { failing: 'it calls nothing' },
});

describe('spectrum', () => {
  it('is the Fourier transform by its definition, at every size', () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 8 }).chain((p) => frameOf(2 ** p)),
        async (frame) => {
          const power = await lastValueFrom(of(frame).pipe(spectrum(frame.length, { as: 'power' })));
          const magnitude = await lastValueFrom(of(frame).pipe(spectrum(frame.length)));
          const expected = dft(frame.map(Math.fround));
          const scale = Math.max(1, ...expected);
          expect(power.length).toBe(frame.length / 2 + 1);
          for (const [k, value] of expected.entries()) {
            expect(Math.abs((power[k] ?? Number.NaN) - value)).toBeLessThanOrEqual(2e-7 * scale);
            expect(Math.abs((magnitude[k] ?? Number.NaN) - Math.sqrt(value))).toBeLessThanOrEqual(
              2e-6 * Math.sqrt(scale),
            );
          }
        },
      ),
    ));

  it('shows a sine in its bin', async () => {
    const out = await lastValueFrom(of(sine(64, 1000, 8000)).pipe(spectrum(64)));
    expect(out[8]).toBeCloseTo(32, 5);
    expect(Math.max(...out.filter((_, k) => k !== 8))).toBeLessThan(1e-5);
  });

  it('checks its options at the call', () => {
    for (const size of [0, 1, 3, 12, 2.5]) expect(() => spectrum(size)).toThrow('size must be a power of two ≥ 2');
    expect(() => spectrum(8, { as: JSON.parse('"db"') })).toThrow("as must be 'magnitude' or 'power', got db");
  });
});

describe('mel', () => {
  const energies = (frame: number[], options: Parameters<typeof mel>[1]) =>
    lastValueFrom(of(frame).pipe(mel(frame.length, { log: false, ...options })));

  it('weighs the power spectrum with triangles evenly spaced in mel', () =>
    fc.assert(
      fc.asyncProperty(frameOf(256), fc.integer({ min: 1, max: 20 }), async (frame, bands) => {
        const sampleRate = 16000;
        const hertz = (i: number) => 700 * (10 ** ((2595 * Math.log10(1 + 8000 / 700) * i) / (bands + 1) / 2595) - 1);
        const power = dft(frame.map(Math.fround));
        const expected = Array.from({ length: bands }, (_, b) =>
          power.reduce((sum, p, k) => {
            const f = (k * sampleRate) / 256;
            const up = (f - hertz(b)) / (hertz(b + 1) - hertz(b));
            const down = (hertz(b + 2) - f) / (hertz(b + 2) - hertz(b + 1));
            return sum + p * Math.max(0, Math.min(up, down));
          }, 0),
        );
        const got = await energies(frame, { sampleRate, bands });
        const scale = Math.max(1, ...expected);
        for (const [b, value] of expected.entries())
          expect(Math.abs((got[b] ?? Number.NaN) - value)).toBeLessThan(1e-6 * scale);
        const logs = await energies(frame, { sampleRate, bands, log: true });
        for (const [b, value] of expected.entries()) expect(logs[b]).toBeCloseTo(Math.log(Math.max(value, 1e-10)), 3);
      }),
      { numRuns: 20 },
    ));

  it('floors the logarithm of silence', async () => {
    const out = await lastValueFrom(of(Array(256).fill(0)).pipe(mel(256, { sampleRate: 16000, bands: 3 })));
    expect(Array.from(out)).toEqual(Array(3).fill(Math.fround(Math.log(1e-10))));
  });

  it('hears a higher tone in a higher band', async () => {
    const loudest = async (hertz: number) => {
      const out = await energies(sine(512, hertz, 16000), { sampleRate: 16000, bands: 20 });
      return out.indexOf(Math.max(...out));
    };
    const heard = await Promise.all([200, 1000, 3000, 7000].map(loudest));
    expect(heard).toEqual([...new Set(heard)].sort((a, b) => a - b));
  });

  it('checks its options at the call', () => {
    expect(() => mel(256, { sampleRate: 0 })).toThrow('sampleRate must be above 0, got 0');
    expect(() => mel(256, { sampleRate: 8000, bands: 0 })).toThrow('bands must be an integer ≥ 1, got 0');
    expect(() => mel(256, { sampleRate: 8000, to: 5000 })).toThrow('got 0 to 5000; leave them out');
    expect(() => mel(64, { sampleRate: 16000, bands: 40 })).toThrow('every band needs a bin of the spectrum, got none');
    expect(() => mel(100, { sampleRate: 8000 })).toThrow('mel: size must be a power of two');
  });
});
