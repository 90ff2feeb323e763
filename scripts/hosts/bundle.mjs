import { join } from 'node:path';
import { build } from 'esbuild';

const conditions = { workerd: ['workerd', 'worker', 'browser'], browser: ['browser'] };

/**
 * One file of ES modules for a host, minified, the `.wasm` files beside it as the host wants them: imported in workerd, by URL in a
 * browser. Conditions and fields are those of wrangler and vite.
 *
 * @param {{ host: 'workerd' | 'browser', entry: string, outdir: string, name: string, code?: string, external?: string[] }} options
 *   `code` takes the place of the entry's file, which then only says from where names are resolved
 */
export async function bundle({ host, entry, outdir, name, code, external = [] }) {
  const { metafile } = await build({
    ...(code === undefined
      ? { entryPoints: { [name]: entry } }
      : { stdin: { contents: code, resolveDir: join(entry, '..'), sourcefile: entry } }),
    outdir,
    entryNames: name,
    assetNames: '[name]',
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    conditions: conditions[host],
    mainFields: ['browser', 'module', 'main'],
    loader: { '.wasm': 'copy' },
    external: [...external],
    legalComments: 'none',
    metafile: true,
    logLevel: 'error',
  });
  return { file: join(outdir, `${name}.js`), inputs: Object.keys(metafile.inputs) };
}
