/** The letters that a network reads: a space, and a to z. */
export const SYMBOLS = 27;

/** A line of some 30 letters, and the language it is written in. */
export interface Line {
  readonly symbols: readonly number[];
  readonly language: number;
}

/** One letter of a line, as it streams by. */
export interface Letter {
  readonly symbol: number;
  readonly language: number;
  readonly first: boolean;
  readonly last: boolean;
}

export interface Lines {
  readonly languages: readonly string[];
  readonly train: readonly Line[];
  /** Of paragraphs that no line of `train` is from, the same ones in every language. */
  readonly test: readonly Line[];
}

const A = 'a'.charCodeAt(0);

/**
 * Letters without accents and case, so that no single letter gives a language away; all else is a space.
 *
 *     symbolsOf('Été!');   // [5, 20, 5]
 */
export function symbolsOf(text: string): number[] {
  const plain = text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  const words = plain.replace(/[^a-z]+/g, ' ').trim();
  return [...words].map((letter) => (letter === ' ' ? 0 : letter.charCodeAt(0) - A + 1));
}

/** Reads `language<tab>paragraph` rows; every fourth paragraph is for testing. Lines of all languages take turns. */
export function readLines(tsv: string): Lines {
  const languages: string[] = [];
  const counts: number[] = [];
  const parts: { train: Line[][]; test: Line[][] } = { train: [], test: [] };
  for (const row of tsv.trim().split('\n')) {
    const [name, paragraph] = row.split('\t');
    let language = languages.indexOf(name);
    if (language < 0) {
      language = languages.push(name) - 1;
      counts.push(0);
      parts.train.push([]);
      parts.test.push([]);
    }
    const into = counts[language]++ % 4 === 3 ? parts.test : parts.train;
    into[language].push(...cut(paragraph).map((symbols) => ({ symbols, language })));
  }
  // The declaration repeats itself here and there.
  const known = new Set(parts.train.flat().map(({ symbols }) => symbols.join()));
  const unseen = parts.test.map((own) => own.filter(({ symbols }) => !known.has(symbols.join())));
  return { languages, train: inTurns(parts.train), test: inTurns(unseen) };
}

/** Whole words, 24 letters and more a line; what is left over at the end is too short to tell. */
function cut(paragraph: string): number[][] {
  const lines: number[][] = [];
  let line: number[] = [];
  for (const symbol of symbolsOf(paragraph)) {
    if (symbol === 0 && line.length >= 24) {
      lines.push(line);
      line = [];
    } else if (symbol > 0 || line.length > 0) line.push(symbol);
  }
  return lines;
}

function inTurns(lines: readonly (readonly Line[])[]): Line[] {
  const longest = Math.max(...lines.map(({ length }) => length));
  return Array.from({ length: longest }, (_, k) => lines.flatMap((own) => own.slice(k, k + 1))).flat();
}

/** The lines letter by letter. */
export function* letters(lines: readonly Line[]): Generator<Letter> {
  for (const { symbols, language } of lines) {
    for (let k = 0; k < symbols.length; k++) {
      yield { symbol: symbols[k], language, first: k === 0, last: k === symbols.length - 1 };
    }
  }
}
