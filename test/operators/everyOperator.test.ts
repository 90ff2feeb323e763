import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as index from '../../operators/index.js';

const here = new URL('.', import.meta.url);
const root = new URL('../../', here);

/** Why an operator is not put through the laws; its own test asks what can be asked. */
const exempt: Record<string, string> = {
  checkpoint: 'its store is asked before the first sample, so nothing comes in the same turn: checkpoint.test.ts',
  toAsyncGenerator: 'it is one of the stream worlds that the laws run in',
};

// An operator is what its file is named after.
const files = readdirSync(new URL('operators/', root), { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.includes('/') && file.endsWith('.ts'),
);
const operators = Object.keys(index).filter((name) => files.some((file) => file.endsWith(`/${name}.ts`)));

const lawful = readdirSync(here, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts'))
  .flatMap((file) => [
    ...readFileSync(new URL(file, here), 'utf8').matchAll(/describeOperator(?:<[^(]*>)?\(\s*['"`](\w+)/g),
  ])
  .map(([, name]) => name);

describe('every operator', () => {
  it('is found', () => {
    expect(operators).toEqual(expect.arrayContaining(['predict', 'learn', 'keyed', 'frame', 'withInputs']));
    expect(operators.length).toBeGreaterThan(25);
  });

  it.each(operators.filter((name) => !(name in exempt)))('%s keeps the laws, in all four stream worlds', (name) => {
    expect(lawful).toContain(name);
  });

  it('has a stage that using disposes of', () => {
    const results = files.flatMap((file) =>
      [
        ...readFileSync(new URL(`operators/${file}`, root), 'utf8').matchAll(
          /^export function (\w+Stage)\b[\s\S]*?\): (?:\([^()]*\) => )*\(\) => (\w*Stage)</gm,
        ),
      ].map(([, name, result]) => ({ name, result })),
    );
    expect(results.length).toBeGreaterThan(20);
    expect(results.filter(({ result }) => result !== 'OpenStage')).toEqual([]);
  });

  it('is exempt from them for a reason, and only if it exists', () => {
    for (const name of Object.keys(exempt)) expect(operators).toContain(name);
  });

  it.each([...operators, 'toNodeTransform', 'toTransformStream'])(
    '%s has a page, with an example that uses it (docs.long.test.ts runs it)',
    (name) => {
      const page = readFileSync(new URL(`docs/operators/${name}.md`, root), 'utf8');
      const examples = [...page.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code);
      expect(examples.some((code) => new RegExp(`\\b${name}\\b`).test(code))).toBe(true);
    },
  );

  it.each(operators)('%s is named in the README, with a link to its page', (name) => {
    expect(readFileSync(new URL('README.md', root), 'utf8')).toContain(`](docs/operators/${name}.md)`);
  });
});
