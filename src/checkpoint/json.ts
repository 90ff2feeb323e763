import { invalidFile } from './invalidFile.js';

export type Json = null | boolean | number | string | Json[] | JsonObject;
export type JsonObject = { [name: string]: Json };

/** Deeper nesting than any file needs, and far from the engine's own stack limit. */
const MAX_DEPTH = 64;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/**
 * JSON (RFC 8259) without its two holes: an object that names a key twice, and one that names `__proto__`, are refused, since
 * readers differ in what such a file says. A number too large for a float64 is refused too.
 *
 *     parseJson('{"a": [1, 2]}', 'model.json');
 *
 * Fails with `invalid-file`, which names `where` and the character.
 */
export function parseJson(text: string, where: string): Json {
  const parser = new Parser(text, where);
  return parser.whole();
}

/** The object that `value` is; fails with `invalid-file` if it is anything else. */
export function asObject(value: Json | undefined, where: string): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidFile(where, `must be a JSON object, got ${describe(value)}`);
  }
  return value;
}

/** The array that `value` is; fails with `invalid-file` if it is anything else. */
export function asArray(value: Json | undefined, where: string): Json[] {
  if (!Array.isArray(value)) throw invalidFile(where, `must be a JSON array, got ${describe(value)}`);
  return value;
}

/** The string that `value` is; fails with `invalid-file` if it is anything else. */
export function asString(value: Json | undefined, where: string): string {
  if (typeof value !== 'string') throw invalidFile(where, `must be a string, got ${describe(value)}`);
  return value;
}

/** The whole number ≥ `least` that `value` is; fails with `invalid-file` if it is anything else. */
export function asCount(value: Json | undefined, where: string, least = 0): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < least) {
    throw invalidFile(where, `must be a whole number of at least ${least}, got ${describe(value)}`);
  }
  return value;
}

/** A JSON value in a few words, for a message. */
export function describe(value: Json | undefined): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = String(JSON.stringify(value));
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

class Parser {
  private at = 0;

  constructor(
    private readonly text: string,
    private readonly where: string,
  ) {}

  whole(): Json {
    const value = this.value(0);
    this.space();
    if (this.at < this.text.length) throw this.unexpected('the end');
    return value;
  }

  private value(depth: number): Json {
    if (depth > MAX_DEPTH) throw invalidFile(this.where, `JSON is nested deeper than ${MAX_DEPTH} levels`);
    this.space();
    switch (this.text[this.at]) {
      case '{':
        return this.object(depth);
      case '[':
        return this.array(depth);
      case '"':
        return this.string();
      case 't':
        return this.word('true', true);
      case 'f':
        return this.word('false', false);
      case 'n':
        return this.word('null', null);
      default:
        return this.number();
    }
  }

  private object(depth: number): JsonObject {
    const object: JsonObject = {};
    this.at++;
    if (this.ends('}')) return object;
    for (;;) {
      this.space();
      if (this.text[this.at] !== '"') throw this.unexpected('a key');
      const key = this.string();
      if (key === '__proto__') throw invalidFile(this.where, 'JSON has the key "__proto__", which is not allowed');
      if (Object.hasOwn(object, key)) throw invalidFile(this.where, `JSON names the key ${describe(key)} twice`);
      this.space();
      if (this.text[this.at++] !== ':') throw this.unexpected('":"', -1);
      object[key] = this.value(depth + 1);
      if (this.ends('}')) return object;
      if (this.text[this.at++] !== ',') throw this.unexpected('"," or "}"', -1);
    }
  }

  private array(depth: number): Json[] {
    const array: Json[] = [];
    this.at++;
    if (this.ends(']')) return array;
    for (;;) {
      array.push(this.value(depth + 1));
      if (this.ends(']')) return array;
      if (this.text[this.at++] !== ',') throw this.unexpected('"," or "]"', -1);
    }
  }

  private string(): string {
    const start = this.at++;
    let plain = true;
    for (;;) {
      const code = this.text.charCodeAt(this.at++);
      if (code === 0x22) break;
      // NaN, past the end, is caught here as well: no comparison with it holds.
      if (!(code >= 0x20)) throw this.unexpected('the end of a string', -1);
      if (code === 0x5c) {
        plain = false;
        this.at++;
      }
    }
    if (plain) return this.text.slice(start + 1, this.at - 1);
    try {
      return JSON.parse(this.text.slice(start, this.at));
    } catch (cause) {
      throw invalidFile(this.where, `JSON has a bad escape in the string at character ${start}`, cause);
    }
  }

  private number(): number {
    NUMBER.lastIndex = this.at;
    const match = NUMBER.exec(this.text)?.[0];
    if (match === undefined) throw this.unexpected('a value');
    const value = Number(match);
    if (!Number.isFinite(value)) throw invalidFile(this.where, `JSON has a number out of range, ${describe(match)}`);
    this.at += match.length;
    return value;
  }

  private word<T extends Json>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.at)) throw this.unexpected('a value');
    this.at += word.length;
    return value;
  }

  private ends(bracket: string): boolean {
    this.space();
    if (this.text[this.at] !== bracket) return false;
    this.at++;
    return true;
  }

  private space(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.at++;
    }
  }

  private unexpected(expected: string, shift = 0): Error {
    return invalidFile(this.where, `not JSON: expected ${expected} at character ${this.at + shift}`);
  }
}
