import { make } from '../../../page/element.js';

/** Hands a file to the person at the page. */
export function download(name: string, bytes: Uint8Array): void {
  const url = URL.createObjectURL(new Blob([Uint8Array.from(bytes)], { type: 'application/octet-stream' }));
  make('a', { href: url, download: name }).click();
  // The download has begun when the click returns, but reads on.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
