import { EddyError } from './errors.js';
import { showValue } from './showValue.js';

/** `wholes`: one whole number, or a list of them. */
export type OptionType = 'whole' | 'wholes' | 'number' | 'function' | 'object';

/** What an option may be, what it is when left out, and the line that documents it. */
export interface OptionDeclaration {
  readonly type: OptionType;
  /** The least and the most, both allowed; of each number of a list. */
  readonly range?: readonly [least: number, most: number];
  /** `undefined`: none, or chosen as `doc` says. */
  readonly default: unknown;
  readonly doc: string;
}

/** The options of one operator, engine or command, by name. */
export type OptionDeclarations = { readonly [name: string]: OptionDeclaration };

/**
 * Checks options against their declaration; one that is `undefined` counts as left out.
 *
 *     checkOptions('forecast', { horizon: { type: 'whole', range: [1, 10], default: 1, doc: 'Rows ahead.' } }, { horizon: 5 });
 *
 * @throws EddyError `invalid-option`: an unknown name, another type, a number out of its range.
 */
export function checkOptions(where: string, declared: OptionDeclarations, given: unknown): void {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new EddyError('invalid-option', `${where}: options must be an object, got ${showValue(given)}; leave it out`);
  }
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(declared, name)) refuseName(where, Object.keys(declared), name);
    if (value !== undefined) checkOption(where, name, declared[name], value);
  }
}

/** Checks one value. @throws EddyError `invalid-option` */
export function checkOption(where: string, name: string, declaration: OptionDeclaration, value: unknown): void {
  if (fitsOption(declaration, value)) return;
  const { default: usual } = declaration;
  const remedy = typeof usual === 'number' ? `leave it out for ${usual}` : 'leave it out for the default';
  throw new EddyError(
    'invalid-option',
    `${where}: ${name} must be ${ruleOf(declaration)}, got ${showValue(value)}; ${remedy}`,
  );
}

/** Whether a value is as declared. */
export function fitsOption({ type, range: [least, most] = EVERY }: OptionDeclaration, value: unknown): boolean {
  const inRange = (number: unknown) => typeof number === 'number' && number >= least && number <= most;
  const isWhole = (number: unknown) => Number.isSafeInteger(number) && inRange(number);
  switch (type) {
    case 'whole':
      return isWhole(value);
    case 'wholes':
      return isWhole(value) || (Array.isArray(value) && value.length > 0 && value.every(isWhole));
    case 'number':
      return inRange(value);
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'function':
      return typeof value === 'function';
  }
}

const EVERY = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const;

const KINDS: Readonly<Record<OptionType, string>> = {
  whole: 'a whole number',
  wholes: 'a whole number, or a list of them,',
  number: 'a number',
  function: 'a function',
  object: 'an object',
};

/** What a value must be, in words: "a whole number from 1 to 10000". */
export function ruleOf({ type, range }: OptionDeclaration): string {
  return range ? `${KINDS[type]} from ${range[0]} to ${range[1]}` : KINDS[type].replace(/,$/, '');
}

function refuseName(where: string, known: readonly string[], name: string): never {
  const [nearest] = [...known].sort((a, b) => editDistance(name, a) - editDistance(name, b));
  const remedy = nearest === undefined ? 'leave it out' : `did you mean ${JSON.stringify(nearest)}?`;
  throw new EddyError(
    'invalid-option',
    `${where}: options must have names that it knows, got ${JSON.stringify(name)}; ${remedy}`,
  );
}

/** Letters to insert, delete or replace: Levenshtein 1966. */
function editDistance(from: string, to: string): number {
  let before = Array.from({ length: to.length + 1 }, (_, j) => j);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      row.push(Math.min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (from[i - 1] === to[j - 1] ? 0 : 1)));
    }
    before = row;
  }
  return before[to.length];
}
