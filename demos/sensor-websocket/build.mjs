// What npm start runs: the package, the server in one file, the page. Each is built only where a source is newer than it.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleForNode } from '../../tools/bundleForNode.mjs';
import { newest } from '../../tools/newest.mjs';
import { buildPage } from './buildPage.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const at = (path) => join(root, path);

const older = (made, sources) => newest([at(made)]) < newest(sources.map(at));

// The kernels' descriptions are written into src by the build itself, before what it makes last.
if (older('dist/page/eddy.js', ['src', 'operators', 'bin', 'scripts/build.mjs', 'scripts/kernels.mjs']))
  execFileSync(process.execPath, [at('scripts/build.mjs')], { cwd: root, stdio: 'inherit' });

if (older('build/demos/sensor-websocket/main.mjs', ['demos', 'package.json']))
  await bundleForNode(
    ['main', 'load'].map((name) => at(`demos/sensor-websocket/${name}.ts`)),
    at('build/demos/sensor-websocket'),
  );

await buildPage();
