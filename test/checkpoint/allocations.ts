/** Typed arrays that a reader makes by a size or a list; copies of what is there already cannot be larger than that. */
const MAKERS = ['Float32Array', 'Float64Array', 'Uint8Array', 'Uint16Array', 'Uint32Array'] as const;

/** Runs `act` and returns the bytes of the largest typed array that it asked for. What `act` throws is given to `refused`. */
export function largestAllocation(act: () => void, refused: (error: unknown) => void): number {
  let largest = 0;
  const originals = MAKERS.map((name) => [name, globalThis[name]] as const);
  for (const [name, maker] of originals) {
    const watched = new Proxy(maker, {
      construct(target, given: unknown[]) {
        if (typeof given[0] === 'number') largest = Math.max(largest, given[0] * maker.BYTES_PER_ELEMENT);
        const made: object = Reflect.construct(target, given);
        if (!(given[0] instanceof ArrayBuffer) && ArrayBuffer.isView(made))
          largest = Math.max(largest, made.byteLength);
        return made;
      },
    });
    Object.assign(globalThis, { [name]: watched });
  }
  try {
    act();
  } catch (error) {
    refused(error);
  } finally {
    for (const [name, maker] of originals) Object.assign(globalThis, { [name]: maker });
  }
  return largest;
}
