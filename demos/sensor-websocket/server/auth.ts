import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

export interface DoorsOptions {
  token: string | undefined;
  /** Pages of other origins that may speak to the server, as `https://example.org`. */
  origins: readonly string[];
}

/** Why someone is not let in, as HTTP says it. */
export interface Refusal {
  status: 401 | 403 | 404 | 429 | 503;
  text: string;
}

const digest = (text: string) => createHash('sha256').update(text).digest();

/** Who may come in. */
export class Auth {
  readonly #options: DoorsOptions;

  constructor(options: DoorsOptions) {
    this.#options = options;
  }

  /** Undefined: this request may pass. Pages of other sites may not, nor, by a name that points here, pages that pretend to be ours. */
  check(request: IncomingMessage, url: URL): Refusal | undefined {
    const { origin, host } = request.headers;
    if (!this.#isOurs(host)) return { status: 403, text: 'this host name is not known here; start with --origin' };
    if (origin !== undefined && !this.#mayCome(origin, host))
      return { status: 403, text: 'pages of this origin may not connect; start with --origin' };
    return this.#hasToken(request, url) ? undefined : { status: 401, text: 'a token is needed: ?token=TOKEN' };
  }

  /** A number or localhost cannot have been made to point here by someone else's name server; another name must be an origin's. */
  #isOurs(host: string | undefined): boolean {
    const name = host && URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : '';
    if (name === 'localhost' || isIP(name) > 0 || (name.startsWith('[') && isIP(name.slice(1, -1)) > 0)) return true;
    return this.#options.origins.some((origin) => URL.canParse(origin) && new URL(origin).hostname === name);
  }

  #mayCome(origin: string, host: string | undefined): boolean {
    if (this.#options.origins.includes(origin)) return true;
    return URL.canParse(origin) && new URL(origin).host === host;
  }

  #hasToken(request: IncomingMessage, url: URL): boolean {
    const { token } = this.#options;
    if (token === undefined) return true;
    const [, bearer] = /^Bearer (.+)$/.exec(request.headers.authorization ?? '') ?? [];
    const given = bearer ?? url.searchParams.get('token') ?? '';
    // Digests are of one length, and tell nothing of how far two tokens agree.
    return timingSafeEqual(digest(given), digest(token));
  }
}
