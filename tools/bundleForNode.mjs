import { build } from 'esbuild';

/**
 * TypeScript programs as modules for Node, one file each; packages, eddy's own among them, stay imports.
 *
 * @param {string[]} entryPoints
 * @param {string} outdir
 */
export const bundleForNode = (entryPoints, outdir) =>
  build({
    entryPoints,
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: true,
    logLevel: 'error',
  });
