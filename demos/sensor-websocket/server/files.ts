import { readdirSync, readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { extname, join, relative, sep } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
};

/** What the page may do: its own files and its own server; no script that is not a file. */
const POLICY = [
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'",
  "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
].join('; ');

/** The built page, read into memory once: what is asked for is looked up, and never becomes a path. */
export class Files {
  readonly #files = new Map<string, { bytes: Buffer; type: string; lasting: boolean }>();

  constructor(folder: string) {
    for (const path of filesIn(folder)) {
      const url = `/${relative(folder, path).split(sep).join('/')}`;
      const type = TYPES[extname(path)] ?? 'application/octet-stream';
      const file = { bytes: readFileSync(path), type, lasting: url.startsWith('/assets/') };
      this.#files.set(url, file);
      // `/` and `/phone` are `index.html` and `phone.html`.
      if (url === '/index.html') this.#files.set('/', file);
      else if (url.endsWith('.html')) this.#files.set(url.slice(0, -5), file);
    }
  }

  has(path: string): boolean {
    return this.#files.has(path);
  }

  /** False if there is no such file. */
  serve(path: string, response: ServerResponse): boolean {
    const file = this.#files.get(path);
    if (!file) return false;
    response.writeHead(200, {
      'content-type': file.type,
      'content-length': file.bytes.length,
      'cache-control': file.lasting ? 'public, max-age=31536000, immutable' : 'no-cache',
      'content-security-policy': POLICY,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
    response.end(file.bytes);
    return true;
  }
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  } catch {
    return [];
  }
}
