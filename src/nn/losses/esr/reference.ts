import { elementsOf, isPresent, type LossResult, type ReferenceTarget } from '../reference.js';

/** A window's loss and its gradient by each sample's output. */
export interface WindowLossResult {
  loss: number;
  gradient: number[][];
}

/**
 * Error-to-signal ratio after pre-emphasis 1 − a z⁻¹, and a DC term (Wright, Damskägg & Välimäki 2019), of one row's window: its outputs and
 * targets, sample by sample. The sums run over all channels; each has a DC term of its own. `parameters` are a, dc, floor.
 */
export function esrWindowReference(
  outputs: readonly number[][],
  targets: readonly (ReferenceTarget | undefined)[],
  [a, dc, floor]: readonly number[],
): WindowLossResult | undefined {
  const channels = outputs[0].map((_, o) => {
    const wanted = targets.map((target) => (target === undefined ? undefined : elementsOf(target)[o]));
    return outputs.map((output, t) => {
      const y = wanted[t];
      const before = wanted[t - 1];
      if (!isPresent(y)) return undefined;
      const e = output[o] - y;
      return isPresent(before)
        ? { y, e, p: e - a * (outputs[t - 1][o] - before), q: y - a * before, slope: 1, first: false }
        : { y, e, p: (1 - a) * e, q: (1 - a) * y, slope: 1 - a, first: true };
    });
  });
  const all = channels.flat().flatMap((sample) => sample ?? []);
  if (all.length === 0) return undefined;
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
  const signal = sum(all.map(({ q }) => q * q + floor));
  const energy = all.length * sum(all.map(({ y }) => y * y + floor));
  const offsets = channels.map((channel) => sum(channel.map((sample) => sample?.e ?? 0)));
  return {
    loss: sum(all.map(({ p }) => p * p)) / signal + (dc * sum(offsets.map((offset) => offset * offset))) / energy,
    gradient: outputs.map((_, t) =>
      channels.map((channel, o) => {
        const [now, next] = [channel[t], channel[t + 1]];
        if (!now) return 0;
        const reach = now.slope * now.p - (next && !next.first ? a * next.p : 0);
        return (2 * reach) / signal + (2 * dc * offsets[o]) / energy;
      }),
    ),
  };
}

/** Of one sample alone: a window of one. */
export function esrReference(
  output: number[],
  target: ReferenceTarget,
  parameters: readonly number[],
): LossResult | undefined {
  const result = esrWindowReference([output], [target], parameters);
  return result && { loss: result.loss, gradient: result.gradient[0] };
}
