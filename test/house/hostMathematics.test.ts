import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { hostMathematics } from './hostMathematics.js';

const found = (text: string) => hostMathematics(ts.createSourceFile('text.ts', text, ts.ScriptTarget.ES2022, true));

describe('mathematics that a host may choose', () => {
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
  ])('%s is seen', (text) => expect(found(text)).toHaveLength(1));

  it.each(['Math.sqrt(x)', 'Math.fround(x)', '2 ** 31', '// Math.exp(x)', 'exp(x)'])('%s is exact', (text) =>
    expect(found(text)).toEqual([]),
  );
});
