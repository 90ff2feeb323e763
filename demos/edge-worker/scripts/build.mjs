// node demos/edge-worker/scripts/build.mjs: the worker as it is deployed, in build/edge/worker, and the scripts about it, in build/edge.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { bundle } from '../../../tools/bundle.mjs';
import { bundleForNode } from '../../../tools/bundleForNode.mjs';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const demo = join(root, 'demos/edge-worker');

/** The fleet's page is one file: its script and its styles are put into it. */
const inlinePage = {
  name: 'page in one file',
  setup: ({ onLoad }) =>
    onLoad({ filter: /page\/fleet\.html$/ }, async ({ path }) => {
      const options = { bundle: true, minify: true, write: false, format: 'esm', target: 'es2022', outdir: 'page' };
      const { outputFiles } = await build({
        ...options,
        entryPoints: ['ts', 'css'].map((ending) => path.replace(/html$/, ending)),
        logLevel: 'error',
      });
      const textOf = (ending) => outputFiles.find((file) => file.path.endsWith(ending))?.text ?? '';
      const contents = readFileSync(path, 'utf8')
        .replace('/* styles */', () => textOf('.css'))
        .replace('/* script */', () => textOf('.js').replaceAll('</script', '<\\/script'));
      return { contents, loader: 'copy' };
    }),
};

/**
 * The worker's modules, minified, in a folder: the script, kernels and page.
 * @param {string} outdir
 * @param {string} [entry] another worker's source, for tests
 */
export const buildWorker = (outdir, entry = join(demo, 'src/worker.ts')) =>
  bundle({ host: 'workerd', entries: { worker: entry }, outdir, plugins: [inlinePage] });

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildWorker(join(root, 'build/edge/worker'));
  const scripts = ['run', 'measure', 'cost', 'killAtRandom'];
  await bundleForNode(
    scripts.map((name) => join(demo, `scripts/${name}.ts`)),
    join(root, 'build/edge'),
  );
}
