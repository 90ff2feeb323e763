import type { Readable } from 'node:stream';
import { EddyError } from '../src/core/errors.js';

/** Characters in the longest line: what bounds the memory, however long the input is. */
export const LONGEST_LINE = 1 << 20;

/**
 * The lines of a text, as they come, without their ends (LF or CRLF) and without a byte order mark.
 *
 * @throws EddyError `invalid-file` on a line longer than a million characters.
 */
export async function* readLines(source: Readable, name: string): AsyncGenerator<string> {
  source.setEncoding('utf8');
  let rest = '';
  let number = 0;
  const finish = (line: string) => {
    const start = number++ === 0 && line.startsWith('\ufeff') ? 1 : 0;
    return line.slice(start, line.endsWith('\r') ? -1 : undefined);
  };
  for await (const chunk of source) {
    const text: string = rest + chunk;
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      yield finish(text.slice(from, end));
      from = end + 1;
    }
    rest = text.slice(from);
    if (rest.length > LONGEST_LINE) {
      throw new EddyError(
        'invalid-file',
        `${name}: line ${number + 1} must have at most ${LONGEST_LINE} characters, it has more; write one object a line`,
      );
    }
  }
  if (rest !== '') yield finish(rest);
}
