import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Tests that take more than some seconds, and those that start programs. */
const long = ['test/**/*.long.test.ts', 'test/bin/**/*.test.ts', 'test/demos/**/*.test.ts'];
// A limit that a busy machine does not reach: it stops what hangs, and says nothing about speed.
const limits = { testTimeout: 120_000, hookTimeout: 120_000 };

export default defineConfig({
  resolve: {
    alias: [
      { find: '#kernels', replacement: here('./src/runtime/kernels.node.ts') },
      { find: /^#tfjs$/, replacement: here('./src/runtime/tfjs.node.ts') },
      { find: '#tfjs-core', replacement: here('./src/runtime/tfjsCore.node.ts') },
      { find: '#tfjs-kernels', replacement: here('./src/runtime/tfjsKernels.node.ts') },
      { find: '#tfjs-ops', replacement: here('./src/runtime/tfjsOps.ts') },
      { find: /^rx-eddy\/audio$/, replacement: here('./src/audio/index.ts') },
      { find: /^rx-eddy\/bare$/, replacement: here('./src/bare.ts') },
      { find: /^rx-eddy\/operators$/, replacement: here('./operators/index.ts') },
      { find: /^rx-eddy\/operators\/(.+)$/, replacement: here('./operators/$1.ts') },
      { find: /^rx-eddy\/node$/, replacement: here('./operators/streams/toNodeTransform.ts') },
      { find: /^rx-eddy\/web$/, replacement: here('./operators/streams/toTransformStream.ts') },
      { find: /^rx-eddy\/interop$/, replacement: here('./src/interop/index.ts') },
      { find: /^rx-eddy\/checkpoint$/, replacement: here('./src/checkpoint/index.ts') },
      { find: /^rx-eddy\/checkpoint\/file$/, replacement: here('./src/checkpoint/stores/file/index.ts') },
      {
        find: /^rx-eddy\/checkpoint\/durable-object$/,
        replacement: here('./src/checkpoint/stores/durableObject/index.ts'),
      },
      { find: /^rx-eddy\/tfjs$/, replacement: here('./src/tfjs/index.ts') },
      { find: /^rx-eddy\/worker$/, replacement: here('./src/worker/index.ts') },
      { find: /^rx-eddy$/, replacement: here('./src/index.ts') },
    ],
  },
  test: {
    ...limits,
    projects: [
      { extends: true, test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: [...long, 'test/hosts/**'] } },
      { extends: true, test: { name: 'long', include: long } },
      {
        extends: true,
        test: {
          name: 'hosts',
          include: ['test/hosts/**/*.test.ts'],
          globalSetup: './test/hosts/install.ts',
          // After the rest: browsers beside it would starve tests that watch the clock.
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
