/** Makes of `draw` a function that does something only when one of what `of` returns is another than the last time. */
export function changed(of: () => readonly unknown[], draw: () => void): () => void {
  let last: readonly unknown[] | undefined;
  return () => {
    const now = of();
    if (last && now.every((value, i) => Object.is(value, last?.[i]))) return;
    last = now;
    draw();
  };
}
