import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { sizesOf } from '../../scripts/hosts/sizes.mjs';
import { bundle } from '../../tools/bundle.mjs';

const budgets: { [entry: string]: number } = JSON.parse(readFileSync(new URL('budgets.json', import.meta.url), 'utf8'));
const root = join(inject('installed'), 'node_modules/rx-eddy');
const sizes: { [entry: string]: { bytes: number; files: string[] } } = await sizesOf(root);

/** Entries that make models, or run tfjs. */
const startsModels = ['rx-eddy', 'rx-eddy/tfjs', 'rx-eddy/operators', 'rx-eddy/operators/forecasting/forecast'];
/** What other operators are made with. */
const shared = /^operators\/(shared\/|streams\/(asOperator|withInputs)\.js)/;
const isOperator = (file: string) =>
  file.startsWith('operators/') &&
  !shared.test(file) &&
  /from '(rxjs|[./]+(streams\/)?(asOperator|withInputs)\.js)'/.test(readFileSync(join(root, 'dist', file), 'utf8'));

describe.each(Object.entries(sizes))('%s', (entry, { bytes, files }) => {
  it('is within its budget', () => {
    expect(budgets[entry], `give '${entry}' a budget: node scripts/sizes.mjs --write`).toBeTypeOf('number');
    expect(bytes).toBeLessThanOrEqual(budgets[entry]);
  });

  if (entry.startsWith('rx-eddy/operators/')) {
    it('brings no other operator', () => {
      const own = `${entry.replace('rx-eddy/', '')}.js`;
      expect(files).toContain(own);
      expect(files.filter((file) => file !== own && isOperator(file))).toEqual([]);
    });
  }

  if (!startsModels.includes(entry)) {
    it('brings no tfjs', () => {
      expect(files.filter((file) => /runtime\/(tfjs|backend)/.test(file))).toEqual([]);
    });
  }
});

describe.each(['lstm', 'gru'])('%s alone', (name) => {
  it('brings no other cell', async () => {
    const folder = inject('installed');
    const entry = join(folder, `alone-${name}.mjs`);
    writeFileSync(entry, `export { ${name} } from 'rx-eddy/bare';`);
    const outdir = join(folder, `alone-${name}`);
    const outputs: { [file: string]: string[] } = await bundle({ host: 'browser', entries: { [name]: entry }, outdir });
    const cells = outputs[`${name}.js`].flatMap((file) => file.match(/cells\/(\w+)\/index\.js$/)?.[1] ?? []);
    expect(cells).toEqual([name]);
  });
});
