import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';

// Those of wrangler and of vite.
const conditions = { workerd: ['workerd', 'worker', 'browser'], browser: ['module', 'browser'] };

/** esbuild leaves `new URL(…, import.meta.url)` as it is: the files that it names go beside the script, as vite would put them. */
const filesByUrl = (outdir, place = '.') => ({
  name: 'files by URL',
  setup: ({ onLoad }) =>
    onLoad({ filter: /\.browser\.js$/ }, ({ path }) => {
      const contents = readFileSync(path, 'utf8').replace(/new URL\('([^']*\/([^'/]+))', import/g, (_, from, name) => {
        const to = join(outdir, place, name);
        const source = join(dirname(path), from);
        if (to !== source) copyFileSync(source, to);
        return `new URL('${place}/${name}', import`;
      });
      return { contents };
    }),
});

/**
 * ES modules for a host, minified, with the files that they import as modules, or find by URL, beside them.
 *
 * @param {object} options
 * @param {'workerd' | 'browser'} options.host
 * @param {{ [name: string]: string }} options.entries from the output's name to its file
 * @param {string} options.outdir
 * @param {string[]} [options.external]
 * @param {boolean} [options.splitting] puts what entries share in files of its own
 * @param {string} [options.place] where `.wasm` files found by URL go, from outdir; default beside the script
 * @param {'none' | 'eof'} [options.legalComments]
 * @param {import('esbuild').Plugin[]} [options.plugins]
 * @returns the files that were read, of each output
 */
export async function bundle({
  host,
  entries,
  outdir,
  external = [],
  splitting = false,
  place,
  legalComments = 'none',
  plugins = [],
}) {
  mkdirSync(outdir, { recursive: true });
  const { metafile } = await build({
    entryPoints: entries,
    outdir,
    entryNames: '[name]',
    assetNames: '[name]',
    bundle: true,
    splitting,
    minify: true,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    conditions: conditions[host],
    mainFields: ['browser', 'module', 'main'],
    loader: { '.wasm': 'copy', '.html': 'copy' },
    external,
    plugins: [filesByUrl(outdir, place), ...plugins],
    legalComments,
    metafile: true,
    logLevel: 'error',
  });
  return Object.fromEntries(
    Object.entries(metafile.outputs).map(([file, { inputs }]) => [file.split('/').at(-1), Object.keys(inputs)]),
  );
}
