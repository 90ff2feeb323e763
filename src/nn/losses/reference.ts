/** A sample's target: elements that are NaN or undefined are missing. One number stands for an array of one. */
export type ReferenceTarget = number | readonly (number | undefined)[];

/** One sample's loss and its gradient by the output (by the logits, where a loss reads logits). */
export interface LossResult {
  loss: number;
  gradient: number[];
}

export const elementsOf = (target: ReferenceTarget): readonly (number | undefined)[] =>
  typeof target === 'number' ? [target] : target;

export const isPresent = (y: number | undefined): y is number => y !== undefined && !Number.isNaN(y);

/**
 * The mean of `term(output, target)` over the target elements that are present; a missing one has gradient 0. `term` returns a value
 * and its slope by the output. None present: undefined.
 */
export function meanOverPresent(
  output: readonly number[],
  targets: readonly (number | undefined)[],
  term: (o: number, y: number, i: number) => readonly [value: number, slope: number],
): LossResult | undefined {
  const n = targets.filter(isPresent).length;
  if (n === 0) return undefined;
  const terms = output.map((o, i) => {
    const y = targets[i];
    return isPresent(y) ? term(o, y, i) : ([0, 0] as const);
  });
  return {
    loss: terms.reduce((sum, [value]) => sum + value, 0) / n,
    gradient: terms.map(([, slope]) => slope / n),
  };
}
