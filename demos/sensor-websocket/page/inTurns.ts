/**
 * Gathers any number of calls and then draws one of the parts in each frame, in turn, until all are drawn: no frame has to carry the
 * whole page.
 */
export function inTurns(parts: readonly (() => void)[]): () => void {
  const waiting = new Set<number>();
  let asked = false;
  let next = 0;

  const frame = () => {
    while (!waiting.has(next)) next = (next + 1) % parts.length;
    waiting.delete(next);
    parts[next]();
    next = (next + 1) % parts.length;
    asked = waiting.size > 0;
    if (asked) requestAnimationFrame(frame);
  };
  return () => {
    for (const part of parts.keys()) waiting.add(part);
    if (!asked && waiting.size > 0) requestAnimationFrame(frame);
    asked = waiting.size > 0;
  };
}
