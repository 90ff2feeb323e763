import { readFileSync } from 'node:fs';
import { expect } from 'vitest';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

/** The README's first program, in which a model learns in a stream, and prints as long as it runs. */
export function quickStart(): { imports: string; body: string; program: string } {
  const program = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)]
    .map(([, code]) => code)
    .find((code) => code.includes('learn('));
  if (!program) throw new Error('README.md must have a quick start that learns, in a ts block; there is none');
  const lines = program.split('\n');
  const imports = lines.filter((line) => line.startsWith('import ')).join('\n');
  const body = lines.filter((line) => !line.startsWith('import ')).join('\n');
  return { imports, body, program };
}

/** How many lines are waited for. */
export const LINES = 25;

/** What the README says it prints: the sample's number, what is expected next, and the loss of the prediction before. */
export function expectQuickStart(lines: readonly string[]): void {
  expect(lines.length).toBeGreaterThanOrEqual(LINES);
  const rows = lines.map((line) => line.split(' '));
  expect(rows.map(([index]) => Number(index))).toEqual(rows.map((_, k) => k + 1));
  for (const [, output] of rows) expect(Number(output)).toSatisfy(Number.isFinite);
  expect(rows[0][2]).toBe('undefined');
  for (const [, , loss] of rows.slice(1)) expect(Number(loss)).toBeGreaterThanOrEqual(0);
}
