import fc from 'fast-check';
import { from, lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { type PcmFormat, pcm, pcmStage } from '../../../operators/sound/pcm.js';
import { describeOperator } from '../shared/laws.js';

const decode = async (chunks: Iterable<Uint8Array | ArrayBuffer>, options: Parameters<typeof pcm>[0]) => {
  const parts = await lastValueFrom(from(chunks).pipe(pcm(options), toArray()));
  return parts.flatMap((part) => Array.from(part));
};
/** Cuts bytes at the given places. */
const cut = (bytes: Uint8Array, places: number[]) => {
  const at = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, i) => bytes.subarray(at[i], end));
};
/** Node's own encoders: not ours, and little endian by name. */
const encode: Record<PcmFormat, (values: number[]) => Buffer> = {
  int16: (values) => Buffer.concat(values.map((x) => bytes(2, (b) => b.writeInt16LE(x * 2 ** 15)))),
  int24: (values) => Buffer.concat(values.map((x) => bytes(3, (b) => b.writeIntLE(x * 2 ** 23, 0, 3)))),
  float32: (values) => Buffer.concat(values.map((x) => bytes(4, (b) => b.writeFloatLE(x)))),
};
const bytes = (n: number, write: (buffer: Buffer) => void) => {
  const buffer = Buffer.alloc(n);
  write(buffer);
  return buffer;
};
const sampleOf: Record<PcmFormat, fc.Arbitrary<number>> = {
  int16: fc.integer({ min: -(2 ** 15), max: 2 ** 15 - 1 }).map((n) => n / 2 ** 15),
  int24: fc.integer({ min: -(2 ** 23), max: 2 ** 23 - 1 }).map((n) => n / 2 ** 23),
  float32: fc.float({ noNaN: true }),
};
const formats: PcmFormat[] = ['int16', 'int24', 'float32'];
const chunk = fc.uint8Array({ maxLength: 4 }).map((pairs) => Uint8Array.from([...pairs, ...pairs]));

describeOperator('pcm', {
  operator: () => pcm(),
  open: pcmStage(),
  sample: chunk,
  bad: [JSON.parse('"text"'), JSON.parse('7'), JSON.parse('[1, 2]')],
  without: { tolerant: 'all bytes are samples', failing: 'it calls nothing' },
});

describe('pcm', () => {
  it.each(formats)('decodes %s exactly, however the bytes are cut', (format) =>
    fc.assert(
      fc.asyncProperty(fc.array(sampleOf[format], { maxLength: 20 }), fc.array(fc.nat(80)), async (values, places) => {
        const chunks = cut(encode[format](values), places);
        expect(await decode(chunks, { format })).toEqual(values);
        expect(
          await decode(
            chunks.map((c) => Uint8Array.from(c).buffer),
            { format },
          ),
        ).toEqual(values);
      }),
    ),
  );

  it('goes on bit for bit from a snapshot taken inside a sample', () =>
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 12, maxLength: 12 }), fc.nat(12), (all, at) => {
        const open = pcmStage({ format: 'int24', channels: 2 });
        const play = (stage: ReturnType<typeof open>, part: Uint8Array) => {
          const out: number[] = [];
          stage.step(part, (values) => out.push(...values));
          return out;
        };
        const [first, second] = [open(), open()];
        play(first, all.subarray(0, at));
        second.restore?.(structuredClone(first.snapshot?.() ?? {}));
        expect(play(second, all.subarray(at))).toEqual(play(first, all.subarray(at)));
      }),
    ));

  it('emits whole rows of interleaved channels only', async () => {
    const stereo = encode.int16([0.5, -0.5, 0.25, -0.25]);
    const parts = await lastValueFrom(from(cut(stereo, [2, 6])).pipe(pcm({ channels: 2 }), toArray()));
    expect(parts.map((part) => Array.from(part))).toEqual([
      [0.5, -0.5],
      [0.25, -0.25],
    ]);
  });

  it('fails when the stream ends inside a sample', async () => {
    await expect(decode([new Uint8Array(3)], {})).rejects.toThrow(
      'pcm: the stream must end after a whole row of 2 bytes, got 1 bytes more; check format and channels',
    );
  });

  it('names the chunk that is no bytes', async () => {
    await expect(decode([new Uint8Array(2), JSON.parse('"text"')], {})).rejects.toThrow(
      'pcm: chunk 2 must be a Uint8Array or an ArrayBuffer, got String; read the stream as bytes',
    );
  });

  it('emits values that the next chunk does not touch', async () => {
    const reused = new Uint8Array(2);
    const out: Float32Array[] = [];
    const stage = pcmStage()();
    for (const value of [1, 2]) {
      reused[1] = value;
      stage.step(reused, (samples) => out.push(samples));
    }
    expect(out.map((samples) => samples[0])).toEqual([256 / 2 ** 15, 512 / 2 ** 15]);
  });

  it('checks its options at the call', () => {
    expect(() => pcm({ format: JSON.parse('"int8"') })).toThrow(
      "format must be 'int16', 'int24' or 'float32', got int8",
    );
    expect(() => pcm({ format: JSON.parse('"toString"') })).toThrow(
      expect.objectContaining({ code: 'invalid-option' }),
    );
    expect(() => pcm({ channels: 0 })).toThrow('channels must be an integer ≥ 1, got 0');
  });
});
