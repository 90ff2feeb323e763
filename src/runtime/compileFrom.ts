import { EddyError } from '../core/errors.js';

/** The module at `url`. @throws EddyError `host` where it cannot be fetched. */
export async function compileFrom(url: URL): Promise<WebAssembly.Module> {
  const response = await fetch(url, { credentials: 'same-origin' });
  if (!response.ok) {
    throw new EddyError(
      'host',
      `eddy: ${url} must be served, got ${response.status}; serve the .wasm files beside the script`,
    );
  }
  // Only what is served as application/wasm may be compiled while it comes in.
  const streams = response.headers.get('content-type')?.startsWith('application/wasm');
  return streams ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
}
