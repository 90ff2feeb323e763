import type { IncomingMessage } from 'node:http';

/** A request's address: only path and query count; what cannot be read is nowhere. */
export function urlOf({ url = '/' }: IncomingMessage): URL {
  return URL.canParse(url, 'http://host') ? new URL(url, 'http://host') : new URL('http://host/?');
}
