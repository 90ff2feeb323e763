import { once } from 'node:events';
import { open } from 'node:fs/promises';
import {
  EncodedAudioPacketSource,
  EncodedPacket,
  Output,
  StreamTarget,
  type StreamTargetChunk,
  WavOutputFormat,
} from 'mediabunny';
import { codecs, type WavFormat } from './wavFormat.js';

export interface WavOutput {
  /** Samples beyond full scale so far: an integer format cuts them off. */
  readonly clipped: number;
  /** @param planes one array a channel, all of one length */
  write(planes: readonly Float32Array[]): Promise<void>;
  close(): Promise<void>;
}

/** Writes a WAV file as its samples come, or to standard output for `-`: there nobody can go back, and the sizes stay unknown. */
export async function writeWav(path: string, { codec, channels, sampleRate }: WavFormat): Promise<WavOutput> {
  const { bytes, pcm } = codecs[codec];
  const output = new Output({
    format: new WavOutputFormat(),
    target: new StreamTarget(path === '-' ? toPipe() : await toFile(path)),
  });
  const source = new EncodedAudioPacketSource(codec);
  output.addAudioTrack(source, { decoderConfig: { codec, numberOfChannels: channels, sampleRate } });
  await output.start();
  let written = 0;
  let clipped = 0;
  const put = {
    int16: (view: DataView, at: number, value: number) => view.setInt16(at, value, true),
    int24(view: DataView, at: number, value: number) {
      view.setInt16(at, value & 0xffff, true);
      view.setInt8(at + 2, value >> 16);
    },
    float32: (view: DataView, at: number, value: number) => view.setFloat32(at, value, true),
  }[pcm];
  const full = 2 ** (8 * bytes - 1);

  return {
    get clipped() {
      return clipped;
    },
    async write(planes) {
      const { length } = planes[0];
      const view = new DataView(new ArrayBuffer(length * channels * bytes));
      for (let t = 0, at = 0; t < length; t++) {
        for (let c = 0; c < channels; c++, at += bytes) {
          const y = planes[c][t];
          const scaled = pcm === 'float32' ? y : Math.min(full - 1, Math.max(-full, Math.round(y * full)));
          // Half a step beyond the last is rounding.
          if (pcm !== 'float32' && Math.abs(y * full - scaled) > 1) clipped++;
          put(view, at, scaled);
        }
      }
      const packet = new EncodedPacket(new Uint8Array(view.buffer), 'key', written / sampleRate, length / sampleRate);
      written += length;
      await source.add(packet);
    },
    close: () => output.finalize(),
  };
}

async function toFile(path: string): Promise<WritableStream<StreamTargetChunk>> {
  const file = await open(path, 'w');
  return new WritableStream({
    async write({ data, position }) {
      await file.write(data, 0, data.byteLength, position);
    },
    close: () => file.close(),
    abort: () => file.close(),
  });
}

const HEADER_SIZES = [4, 40];

/** Only what comes in order; the sizes, which come last, cannot. */
function toPipe(): WritableStream<StreamTargetChunk> {
  let end = 0;
  return new WritableStream({
    async write({ data, position }) {
      if (position < end) return;
      const bytes = Uint8Array.from(data);
      if (position === 0) for (const at of HEADER_SIZES) bytes.fill(0xff, at, at + 4);
      end = position + bytes.length;
      if (!process.stdout.write(bytes)) await once(process.stdout, 'drain');
    },
  });
}
