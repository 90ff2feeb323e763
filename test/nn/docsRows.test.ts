import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { DocsRow } from '../../src/core/docsRow.js';
import { cells } from '../../src/nn/cells/registry.js';
import { losses } from '../../src/nn/losses/registry.js';
import { optimizers } from '../../src/nn/optimizers/registry.js';
import { readouts } from '../../src/nn/readouts/registry.js';
import { schedules } from '../../src/nn/schedules/registry.js';

const cellsOf = (line: string) =>
  line
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim());
const page = readFileSync(new URL('../../docs/networks.md', import.meta.url), 'utf8')
  .split('\n')
  .map(cellsOf);
const wanted = ({ call, formula, source, needs }: DocsRow) => [call, formula, source, ...(needs ? [needs] : [])];

const members: { name: string; docs: readonly DocsRow[] }[] = [
  ...cells.members,
  ...losses.members,
  ...optimizers.members,
  ...readouts.members,
  ...schedules.members,
];

describe.each(members)('$name', ({ docs }) => {
  it.each([...docs])('has the row of $call in docs/networks.md', (row) => {
    const found = page.find(([call]) => call === row.call) ?? [];
    expect(found.filter((cell) => cell !== '')).toEqual(wanted(row).filter((cell) => cell !== ''));
  });
});
