// Builds the package: kernels first, since TypeScript reads what they say of themselves.
import { execFileSync } from 'node:child_process';
import { copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from '../tools/bundle.mjs';
import { buildKernels } from './kernels.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { resolve } = createRequire(import.meta.url);

// What an earlier build left of files that have gone since must not be packed.
rmSync(join(root, 'dist'), { recursive: true, force: true });
buildKernels();
const tsc = join(resolve('typescript/package.json'), '../bin/tsc');
execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });

// Beside eddy's own, so that a page without a bundler finds both by their place.
copyFileSync(
  resolve('@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-simd.wasm'),
  join(root, 'dist/tfjs.wasm'),
);
writeFileSync(
  join(root, 'dist/wasm.d.ts'),
  '/** In workerd; elsewhere take the URL. */\ndeclare const module: WebAssembly.Module;\nexport default module;\n',
);

// For a page without a bundler: eddy and its operators in a few flat files, but rxjs, which is the page's own.
await bundle({
  host: 'browser',
  entries: { eddy: join(root, 'dist/src/index.js'), operators: join(root, 'dist/operators/index.js') },
  outdir: join(root, 'dist/page'),
  external: ['rxjs'],
  splitting: true,
  place: '..',
  legalComments: 'eof',
});
