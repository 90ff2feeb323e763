import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';

const types = { '.html': 'text/html', '.js': 'text/javascript', '.wasm': 'application/wasm', '.css': 'text/css' };

/** What a careful page allows: its own files, and WebAssembly; no eval, no inline script. */
export const STRICT =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; worker-src 'self'; style-src 'self'";

/**
 * A folder's files, and empty pages at every `…/<name>.html` whose `<name>.js` is there.
 *
 * @param {string} folder
 * @param {{ csp?: string, types?: Record<string, string> }} [options] `types` replaces a file ending's type
 */
export async function serve(folder, { csp = STRICT, types: others = {} } = {}) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://host');
    const file = join(folder, decodeURIComponent(pathname));
    const end = extname(file);
    response.setHeader('content-security-policy', csp);
    response.setHeader('content-type', others[end] ?? types[end] ?? 'application/octet-stream');
    if (existsSync(file) && statSync(file).isFile()) {
      createReadStream(file).pipe(response);
    } else if (end === '.html' && existsSync(file.replace(/html$/, 'js'))) {
      const script = pathname.replace(/html$/, 'js');
      response.end(`<!doctype html><title>eddy</title><script type="module" src="${script}"></script>`);
    } else {
      response.statusCode = 404;
      response.end();
    }
  });
  await new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(undefined));
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://localhost:${port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
