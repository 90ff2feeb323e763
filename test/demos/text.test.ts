import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { letters, readLines, symbolsOf } from '../../demos/text/lines.js';
import { recognize } from '../../demos/text/recognize.js';
import { gru } from '../../src/index.js';

const lines = readLines(readFileSync(new URL('../../data/udhr/paragraphs.tsv', import.meta.url), 'utf8'));

describe('which language is this line?', () => {
  it('reads letters without accents, in lines that fall into learning and telling by paragraph', () => {
    expect(symbolsOf('Été, 1948!')).toEqual([5, 20, 5]);
    expect(symbolsOf('À b')).toEqual([1, 0, 2]);
    expect(lines.languages).toHaveLength(8);
    for (const part of [lines.train, lines.test]) {
      expect(new Set(part.map(({ language }) => language)).size).toBe(8);
      for (const { symbols } of part) expect(symbols.length).toBeGreaterThanOrEqual(24);
    }
    const known = new Set(lines.train.map(({ symbols }) => symbols.join()));
    expect(lines.test.filter(({ symbols }) => known.has(symbols.join()))).toEqual([]);
    const first = [...letters(lines.train.slice(0, 2))];
    expect(first.filter((letter) => letter.first || letter.last)).toHaveLength(4);
  });

  it('is told far above chance after two readings', async () => {
    const { accuracy } = await recognize(lines, gru(24), 2);
    expect(accuracy).toBeGreaterThan(3 / lines.languages.length);
  });
});
