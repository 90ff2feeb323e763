/** A stream of bytes whose header comes in single bytes, so that whoever reads it takes no more than it needs. */
export interface HeaderFirst {
  readonly stream: ReadableStream<Uint8Array>;
  /** Bytes of the source so far. */
  readonly taken: () => number;
  /** The header ends here: from now on whole chunks, and after the source's end `padding` zeros. */
  readonly body: (padding: number) => void;
}

const UNKNOWN = 0xff;
const DATA = [...'data'].map((letter) => letter.charCodeAt(0));

/**
 * Feeds a WAV file to a reader that believes its header. A size of 0, which a recorder writes that cannot go back, becomes the largest, which
 * means the same and is understood. The reader takes whole blocks; the padding lets it have the last of a file that is shorter than its
 * header says, and is cut off again by who counts `taken`.
 */
export function headerFirst(source: AsyncIterable<Uint8Array>): HeaderFirst {
  const chunks = source[Symbol.asyncIterator]();
  let rest = new Uint8Array(0);
  let taken = 0;
  let padding = -1;
  let ended = false;
  const header: number[] = [];

  /** The size fields' first byte, to be read when all four have come: they are held back until then. */
  const isSize = () => header.length === 4 || DATA.every((letter, i) => header[header.length - 4 + i] === letter);

  const fill = async (): Promise<boolean> => {
    while (rest.length === 0 && !ended) {
      const next = await chunks.next();
      ended = next.done === true;
      if (!next.done) rest = Uint8Array.from(next.value);
    }
    return rest.length > 0;
  };
  const byte = async (): Promise<number | undefined> => {
    if (!(await fill())) return undefined;
    const [first] = rest;
    rest = rest.subarray(1);
    taken++;
    return first;
  };
  /** The next of the header: one byte, or a size's four. */
  const next = async (): Promise<number[]> => {
    const wanted = isSize() ? 4 : 1;
    const bytes: number[] = [];
    for (let i = 0; i < wanted; i++) {
      const one = await byte();
      if (one !== undefined) bytes.push(one);
    }
    header.push(...bytes);
    return wanted === 4 && bytes.every((one) => one === 0) ? bytes.map(() => UNKNOWN) : bytes;
  };
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (padding < 0) {
          const bytes = await next();
          if (bytes.length > 0) controller.enqueue(Uint8Array.from(bytes));
          else controller.close();
        } else if (await fill()) {
          taken += rest.length;
          controller.enqueue(rest);
          rest = new Uint8Array(0);
        } else {
          if (padding > 0) controller.enqueue(new Uint8Array(padding));
          controller.close();
        }
      },
      async cancel() {
        await chunks.return?.();
      },
    },
    { highWaterMark: 0 },
  );
  return {
    stream,
    taken: () => taken,
    body(zeros) {
      padding = zeros;
    },
  };
}
