import { exp, log1p, tanh } from '../../../math/functions.js';
import { elementsOf, type LossResult, meanOverPresent, type ReferenceTarget } from '../reference.js';

/** Mean of ln cosh(d), d = o − y, as |d| + ln(1 + e^−2|d|) − ln 2, which no d overflows; its slope is tanh(d). */
export function logCoshReference(output: number[], target: ReferenceTarget): LossResult | undefined {
  return meanOverPresent(output, elementsOf(target), (o, y) => {
    const d = o - y;
    return [Math.abs(d) + log1p(exp(-2 * Math.abs(d))) - Math.LN2, tanh(d)];
  });
}
