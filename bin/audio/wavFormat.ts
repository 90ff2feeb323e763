/** How a WAV file holds its samples. */
export interface WavFormat {
  readonly codec: WavCodec;
  readonly channels: number;
  readonly sampleRate: number;
}

/** 16- and 24-bit integers and 32-bit floats, as mediabunny names them, and the operator `pcm`. */
export const codecs = {
  'pcm-s16': { pcm: 'int16', bytes: 2, words: '16-bit PCM' },
  'pcm-s24': { pcm: 'int24', bytes: 3, words: '24-bit PCM' },
  'pcm-f32': { pcm: 'float32', bytes: 4, words: '32-bit float' },
} as const;
export type WavCodec = keyof typeof codecs;

export const isCodec = (name: unknown): name is WavCodec => typeof name === 'string' && Object.hasOwn(codecs, name);

export const describeFormat = ({ codec, channels, sampleRate }: WavFormat): string =>
  `${sampleRate} Hz, ${channels === 1 ? 'mono' : channels === 2 ? 'stereo' : `${channels} channels`}, ${codecs[codec].words}`;
