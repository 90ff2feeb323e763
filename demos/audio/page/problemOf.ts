/** What browsers call what went wrong, and what a person can do about it. */
const remedies: { readonly [name: string]: string } = {
  NotAllowedError: 'The microphone was denied. Allow it beside the page’s address, or play the piano or a file.',
  NotFoundError: 'No microphone was found. Plug one in, or play the piano or a file.',
  NotReadableError: 'The microphone is in use elsewhere. Close what uses it, or play the piano or a file.',
  EncodingError: 'This file could not be read as sound. Open a WAV, MP3, OGG or FLAC file.',
};

/** A sentence or two for the person at the page. */
export function problemOf(error: unknown): string {
  if (error instanceof DOMException) return remedies[error.name] ?? `${error.name}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}
