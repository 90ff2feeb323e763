import { AudioSampleSink, Input, ReadableStreamSource, WAVE } from 'mediabunny';

export interface Wav {
  readonly name: string;
  readonly sampleRate: number;
  /** Of the first channel. */
  readonly samples: Float32Array<ArrayBuffer>;
}

/**
 * Reads a WAV file at its own rate.
 * @throws Error that says what is wrong with the file, and what to do
 */
export async function readWav(file: File): Promise<Wav> {
  // As a stream: from a file whose end it sees, the library would take that for what the header promises.
  const input = new Input({ formats: [WAVE], source: new ReadableStreamSource(file.stream()) });
  const track = await input.getPrimaryAudioTrack().catch(() => null);
  if (!track) throw new Error(`${file.name} is no WAV file; export it as .wav and drop it again`);
  const sampleRate = await track.getSampleRate();
  const chunks: Float32Array[] = [];
  let length = 0;
  for await (const sample of new AudioSampleSink(track).samples()) {
    const chunk = new Float32Array(sample.numberOfFrames);
    sample.copyTo(chunk, { planeIndex: 0, format: 'f32-planar' });
    sample.close();
    chunks.push(chunk);
    length += chunk.length;
  }
  const promised = Math.round(((await track.getDurationFromMetadata()) ?? 0) * sampleRate);
  if (length < promised)
    throw new Error(
      `${file.name} ends after ${length} samples, its header promises ${promised}: it is cut off; copy it again`,
    );
  const samples = new Float32Array(length);
  let at = 0;
  for (const chunk of chunks) {
    samples.set(chunk, at);
    at += chunk.length;
  }
  return { name: file.name, sampleRate, samples };
}

/** @throws Error where two sounds cannot be a dry and a wet one */
export function checkPair(dry: Wav, wet: Wav): void {
  const differ = (what: string, a: number, b: number, remedy: string) =>
    new Error(`${dry.name} and ${wet.name} must have one ${what}, they have ${a} and ${b}; ${remedy}`);
  if (dry.sampleRate !== wet.sampleRate)
    throw differ('rate', dry.sampleRate, wet.sampleRate, 'export both at the same rate');
  if (dry.samples.length !== wet.samples.length)
    throw differ('length', dry.samples.length, wet.samples.length, 'cut them so that they begin and end together');
  if (!wet.samples.some((y) => y !== 0))
    throw new Error(`${wet.name} is silent: there is nothing to learn; check what was recorded`);
}
