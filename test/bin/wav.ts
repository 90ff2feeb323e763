type Kind = 'int16' | 'int24' | 'float32';
export interface Sound {
  kind?: Kind;
  rate?: number;
  channels?: number;
}
const bytesOf: Record<Kind, number> = { int16: 2, int24: 3, float32: 4 };
export const HEADER = 44;

/** A WAV file, by RIFF's own definition; samples are interleaved, integers given as they are. */
export function wav(samples: readonly number[], { kind = 'int16', rate = 44100, channels = 1 }: Sound = {}): Buffer {
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
export const withSizes = (file: Buffer, riff: number, data: number) => {
  const copy = Buffer.from(file);
  copy.writeUInt32LE(riff, 4);
  copy.writeUInt32LE(data, 40);
  return copy;
};

/** A tone that swells, in integers up to half of `full`. */
export const wave = (length: number, full: number) =>
  Array.from({ length }, (_, t) => Math.round(0.5 * full * Math.sin(t / 15) * (1 + Math.sin(t / 700))));
