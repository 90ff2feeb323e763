import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { hostMathematics } from './hostMathematics.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const sources = ['src', 'operators'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => `${folder}/${file}`),
);

describe('no number is left to the host', () => {
  it.each(sources)('%s', (file) => expect(hostMathematics(file, readFileSync(join(root, file), 'utf8'))).toEqual([]));

  it.each([
    'Math.exp(x)',
    'Math.tanh(x)',
    'Math.hypot(a, b)',
    'Math.random()',
    'const { log } = Math',
    "Math['cos'](x)",
    'const m = Math',
    'x ** 3',
    'x **= 2',
    'Mathf.exp(x)',
  ])('%s is seen', (text) => expect(hostMathematics('seen.ts', text)).toHaveLength(1));

  it.each(['Math.sqrt(x)', 'Math.fround(x)', '2 ** 31', '// Math.exp(x)', 'exp(x)'])('%s is exact', (text) =>
    expect(hostMathematics('exact.ts', text)).toEqual([]),
  );
});
