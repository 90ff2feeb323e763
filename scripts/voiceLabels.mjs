// Who speaks when in data/audio/speech_44k1_mono.wav, by its energy: writes data/audio/speech_44k1_mono.tsv, start and end in seconds
// and the voice. There is sound where 10 ms have more than 30 of 32,768 (−61 dB) in the root mean square; sounds less than 0.15 s apart
// are one. The file was made with three voices in turn, between pauses of more than a second: after such a pause the next one speaks.
import { readFileSync, writeFileSync } from 'node:fs';

const folder = new URL('../data/audio/', import.meta.url);
const [LOUD, GAP, TURN] = [30, 15, 100];

/** @returns {string} */
export function voiceLabels() {
  const wav = readFileSync(new URL('speech_44k1_mono.wav', folder));
  const samples = new Int16Array(wav.buffer.slice(wav.byteOffset + 44, wav.byteOffset + wav.length));
  const hop = 441;
  const spoken = Array.from({ length: Math.floor(samples.length / hop) }, (_, f) => {
    const part = samples.subarray(f * hop, (f + 1) * hop);
    return Math.sqrt(part.reduce((sum, x) => sum + x * x, 0) / hop) > LOUD;
  });
  const sounds = [];
  spoken.forEach((loud, f) => {
    const last = sounds.at(-1);
    if (!loud) return;
    if (last && f - last.end < GAP) last.end = f + 1;
    else sounds.push({ start: f, end: f + 1, voice: !last ? 1 : last.voice + (f - last.end >= TURN ? 1 : 0) });
  });
  const rows = sounds.map(({ start, end, voice }) =>
    [(start / 100).toFixed(2), (end / 100).toFixed(2), voice].join('\t'),
  );
  return `start\tend\tvoice\n${rows.join('\n')}\n`;
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  writeFileSync(new URL('speech_44k1_mono.tsv', folder), voiceLabels());
}
