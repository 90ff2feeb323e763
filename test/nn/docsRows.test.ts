import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { DocsRow } from '../../src/core/docsRow.js';

const nn = new URL('../../src/nn/', import.meta.url);
const families = ['cells', 'losses', 'optimizers', 'readouts', 'schedules'];
const members = families.flatMap((family) =>
  readdirSync(new URL(family, nn), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `${family}/${name}`),
);

const cellsOf = (line: string) =>
  line
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim());
const page = readFileSync(new URL('../../docs/networks.md', import.meta.url), 'utf8')
  .split('\n')
  .map(cellsOf);
const wanted = ({ call, formula, source, needs }: DocsRow) => [call, formula, source, ...(needs ? [needs] : [])];

describe.each(members)('%s', (member) => {
  it('has its rows, docs.ts beside it, in docs/networks.md', async () => {
    const file = new URL(`${member}/docs.ts`, nn);
    expect(existsSync(file), `write ${member}/docs.ts: the rows of ${member} in docs/networks.md`).toBe(true);
    const { docs }: { docs: readonly DocsRow[] } = await import(file.href);
    expect(docs.length).toBeGreaterThan(0);
    for (const row of docs) {
      const found = page.find(([call]) => call === row.call) ?? [];
      expect(found.filter((cell) => cell !== '')).toEqual(wanted(row).filter((cell) => cell !== ''));
    }
  });
});
