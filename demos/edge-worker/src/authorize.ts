import { Refusal } from './refusal.js';

/** The sub-protocol that a browser, which cannot set a header, sends its token after: `new WebSocket(url, ['eddy', token])`. */
export const PROTOCOL = 'eddy';

/** @throws Refusal `unauthorized` unless the request has the secret token; how long that takes says nothing about the token. */
export async function authorize(request: Request, secret: string | undefined): Promise<void> {
  const bearer = /^Bearer (\S+)$/.exec(request.headers.get('authorization') ?? '')?.[1];
  const [protocol, offered] = (request.headers.get('sec-websocket-protocol') ?? '').split(/, */);
  const token = bearer ?? (protocol === PROTOCOL ? offered : undefined) ?? '';
  // Digests are of one length, as timingSafeEqual wants it; without a secret nobody comes in.
  const [ours, theirs] = await Promise.all([secret ?? '', token].map(digest));
  if (!crypto.subtle.timingSafeEqual(ours, theirs) || !secret) {
    throw new Refusal(
      'unauthorized',
      'the request must have the header "Authorization: Bearer …" with the token of this worker',
    );
  }
}

const digest = (text: string) => crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
