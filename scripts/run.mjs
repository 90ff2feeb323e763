// node scripts/run.mjs FILE.ts …: runs a program in TypeScript, over the package as it was built last.
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundleForNode } from '../tools/bundleForNode.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const [program] = process.argv.splice(2, 1);
const outdir = join(root, 'build', relative(root, dirname(program)));
await bundleForNode([program], outdir);
await import(pathToFileURL(join(outdir, `${basename(program, '.ts')}.mjs`)).href);
