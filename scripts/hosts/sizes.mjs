import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { bundle } from '../../tools/bundle.mjs';

/** Peers are the user's, and bundled once for all; tfjs's kernels are a script of their own, loaded where tfjs is used. */
const external = ['rxjs', 'prom-client', '@opentelemetry/api', '@tensorflow/tfjs-backend-wasm/*'];

/** The package's entries for a browser, each operator one of its own: from its name to its script. */
export function entriesOf(packageRoot) {
  const { exports } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'));
  const entries = {};
  for (const [entry, target] of Object.entries(exports)) {
    const file = typeof target === 'string' ? target : target?.default;
    if (!file?.endsWith('.js')) continue;
    if (!entry.includes('*')) {
      entries[entry.replace('.', 'rx-eddy')] = join(packageRoot, file);
      continue;
    }
    const folder = join(packageRoot, file, '..');
    for (const one of readdirSync(folder, { recursive: true }).filter((path) => /\/\w+\.js$/.test(path))) {
      const name = entry.replace('*', one.replace(/\.js$/, ''));
      const hidden = name in exports || `${dirname(name)}/*` in exports;
      if (!hidden) entries[name.replace('.', 'rx-eddy')] = join(folder, one);
    }
  }
  return entries;
}

/**
 * What each entry brings with it: its gzipped bytes of script, minified, and the package's own files in it.
 * @param {string} packageRoot
 * @returns {Promise<{ [entry: string]: { bytes: number, files: string[] } }>}
 */
export async function sizesOf(packageRoot) {
  const entries = entriesOf(packageRoot);
  const outdir = mkdtempSync(join(tmpdir(), 'eddy-sizes-'));
  const flat = (name) => name.replaceAll('/', '.');
  const named = Object.fromEntries(Object.entries(entries).map(([name, file]) => [flat(name), file]));
  const outputs = await bundle({ host: 'browser', entries: named, outdir, external });
  const sizes = {};
  for (const name of Object.keys(entries)) {
    const script = readFileSync(join(outdir, `${flat(name)}.js`));
    const files = outputs[`${flat(name)}.js`].filter((file) => file.includes('dist/') && !file.includes('@tensorflow'));
    sizes[name] = {
      bytes: gzipSync(script, { level: 9 }).length,
      files: files.map((file) => file.replace(/^.*?dist\//, '')),
    };
  }
  rmSync(outdir, { recursive: true });
  return sizes;
}
