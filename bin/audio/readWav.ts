import { createReadStream } from 'node:fs';
import { EncodedPacketSink, Input, type InputAudioTrack, ReadableStreamSource, WAVE } from 'mediabunny';
import { pcmStage } from '../../operators/sound/pcm.js';
import { EddyError } from '../../src/core/errors.js';
import { headerFirst } from './headerFirst.js';
import { codecs, isCodec, type WavFormat } from './wavFormat.js';

export interface WavInput {
  /** What to call it in a message. */
  readonly name: string;
  readonly format: WavFormat;
  /** Samples of a channel, as the header has it; undefined where it does not say. */
  readonly length: number | undefined;
  /** The samples as they come, one array a channel, some thousand at a time. Fails with `invalid-file` at the end of a file that is cut off. */
  chunks(): AsyncGenerator<Float32Array[]>;
}

/** Sizes from here on say that the writer did not know (0x7ffff000 is sox's, 0xffffffff ffmpeg's). */
const UNKNOWN_BYTES = 0x7ffff000;
/** Samples that the library takes at a time. */
const BLOCK = 2048;

/**
 * Opens a WAV file, or standard input for `-`.
 * @throws EddyError `invalid-file` for one that cannot be read, is no WAV, or holds samples of another kind
 */
export async function readWav(path: string): Promise<WavInput> {
  const name = path === '-' ? 'standard input' : path;
  const feed = headerFirst(path === '-' ? process.stdin : createReadStream(path));
  const input = new Input({ formats: [WAVE], source: new ReadableStreamSource(feed.stream) });
  const track = await createTrack(name, input);
  const headerBytes = feed.taken();
  const codec = await track.getCodec();
  if (!isCodec(codec)) {
    throw invalidWav(
      name,
      `must be 16- or 24-bit PCM or 32-bit float, it is ${codec ?? 'unknown'}; convert it, e.g. sox in.wav -b 24 out.wav`,
    );
  }
  const format = { codec, channels: await track.getNumberOfChannels(), sampleRate: await track.getSampleRate() };
  const frameBytes = codecs[codec].bytes * format.channels;
  feed.body(BLOCK * frameBytes);
  const said = Math.round(((await track.getDurationFromMetadata()) ?? 0) * format.sampleRate);
  const length = said * frameBytes >= UNKNOWN_BYTES - headerBytes - frameBytes ? undefined : said;
  const there = () => Math.min(Math.floor((feed.taken() - headerBytes) / frameBytes), said);

  async function* chunks(): AsyncGenerator<Float32Array[]> {
    const decode = pcmStage({ format: codecs[isCodec(codec) ? codec : 'pcm-s16'].pcm, channels: format.channels })();
    let given = 0;
    for await (const { data } of new EncodedPacketSink(track).packets()) {
      const frames = Math.min(data.byteLength / frameBytes, there() - given);
      if (frames <= 0) break;
      given += frames;
      const planes: Float32Array[] = [];
      decode.step(data.subarray(0, frames * frameBytes), (samples) =>
        planes.push(...planesOf(samples, format.channels)),
      );
      yield planes;
    }
    if (length !== undefined && given < length) {
      throw invalidWav(
        name,
        `ends after ${given} samples, its header promises ${length}; the file is cut off: record or copy it again`,
      );
    }
  }
  return { name, format, length, chunks };
}

async function createTrack(name: string, input: Input): Promise<InputAudioTrack> {
  try {
    const track = await input.getPrimaryAudioTrack();
    if (track) return track;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw invalidWav(name, `cannot be read as WAV: ${reason.replace(/\.$/, '')}; give a .wav file`, cause);
  }
  throw invalidWav(name, 'holds no sound; give a .wav file');
}

function planesOf(samples: Float32Array, channels: number): Float32Array[] {
  const length = samples.length / channels;
  return Array.from({ length: channels }, (_, c) => Float32Array.from({ length }, (_, t) => samples[t * channels + c]));
}

export const invalidWav = (name: string, what: string, cause?: unknown) =>
  new EddyError('invalid-file', `${name}: ${what}`, ...(cause === undefined ? [] : [{ cause }]));
