import { writeFileSync } from 'node:fs';

/** A WAV file of one channel, 16 bits. The RIFF header of Microsoft and IBM, 1991. */
export function wavOf(samples: Float32Array, sampleRate: number): Buffer {
  const header = Buffer.alloc(44);
  const bytes = 2 * samples.length;
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + bytes, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(sampleRate, 24);
  header.writeUInt32LE(2 * sampleRate, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(bytes, 40);
  const data = Buffer.alloc(bytes);
  samples.forEach((x, t) => {
    data.writeInt16LE(Math.round(Math.max(-1, Math.min(1, x)) * 32767), 2 * t);
  });
  return Buffer.concat([header, data]);
}

export const writeWav = (path: string, samples: Float32Array, sampleRate: number) =>
  writeFileSync(path, wavOf(samples, sampleRate));
