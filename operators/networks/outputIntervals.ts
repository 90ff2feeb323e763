import type { OperatorFunction } from 'rxjs';
import { EddyError } from '../../src/core/errors.js';
import { disposing, type OpenStage, type Snapshot } from '../../src/core/stage.js';
import { intervalScore } from '../../src/intervals/intervalScore.js';
import type { LearnStep } from '../../src/learner/learnStep.js';
import { erfc, exp } from '../../src/math/functions.js';
import type { Loss } from '../../src/nn/losses/loss.js';
import { copyState, putState } from '../../src/stats/arrayState.js';
import { asOperator } from '../streams/asOperator.js';

export interface OutputIntervalsOptions {
  /** What the network is taught with: `pinball` of two quantiles or more, or `gaussianNll`. */
  loss: Loss;
  /** Of `gaussianNll`, the share of values that may fall outside, 0 < alpha < 1. Default 0.1. Of `pinball` its outermost quantiles tell. */
  alpha?: number;
}

/** What `learn` emitted for a sample, and the interval that its output means. */
export interface OutputInterval extends LearnStep {
  /** The ends, one for each element of the target. */
  low: Float64Array;
  high: Float64Array;
  /** The share of values that earlier intervals covered, and their mean interval (Winkler) score; NaN before the first. */
  coverage: number;
  meanScore: number;
}

/**
 * Reads the outputs of a network that was taught quantiles or a normal distribution as intervals, and scores them as values come.
 *
 *     learn(model, { loss: pinball(.05, .5, .95), … })    --ŷ₁-------ŷ₂,scored ŷ₁-------|
 *     outputIntervals({ loss: pinball(.05, .5, .95) })    --[l₁,h₁]--[l₂,h₂],scored--|
 *
 * Of quantiles the least and the greatest output are the ends, so they never cross; of a normal m ± z e^(s/2). Nothing makes the network
 * keep its promise: compare `coverage` with that of conformal intervals.
 *
 * - Emits:  what came, with { low, high, coverage, meanScore }, in the same turn.
 * - Fails:  as its source does.
 * - State:  three numbers a subscription.
 *
 *     sensor$.pipe(learn(model, { loss: gaussianNll, … }), outputIntervals({ loss: gaussianNll, alpha: 0.1 }))
 *
 * Koenker & Bassett 1978, doi 10.2307/1913643; Nix & Weigend 1994, doi 10.1109/ICNN.1994.374138.
 */
export const outputIntervals = (options: OutputIntervalsOptions): OperatorFunction<LearnStep, OutputInterval> =>
  asOperator(outputIntervalsStage(options));

/** The stage of `outputIntervals`. @throws EddyError `invalid-option` at the call. */
export function outputIntervalsStage({
  loss,
  alpha = 0.1,
}: OutputIntervalsOptions): () => OpenStage<LearnStep, OutputInterval> {
  const { ends, level } = readerOf(loss, alpha);
  return () => {
    /** values scored, covered ones, sum of interval scores */
    const state = new Float64Array(3);
    const score = ({ low, high }: Ends, target: Float32Array) => {
      for (let k = 0; k < low.length; k++) {
        const value = target[k];
        if (Number.isNaN(value)) continue;
        state[0]++;
        if (value >= low[k] && value <= high[k]) state[1]++;
        state[2] += intervalScore(low[k], high[k], value, level);
      }
    };
    return {
      step(step, emit) {
        if (step.scored) score(ends(step.scored.output), step.scored.target);
        emit({ ...step, ...ends(step.output), coverage: state[1] / state[0], meanScore: state[2] / state[0] });
      },
      snapshot: (): Snapshot => copyState([state]),
      restore: (from) => putState([state], from, 'outputIntervals'),
      ...disposing(),
    };
  };
}

type Ends = Pick<OutputInterval, 'low' | 'high'>;

/** How a loss's outputs are read, and the share of values that their interval may miss. */
function readerOf({ name, parameters }: Loss, alpha: number): { ends: (output: Float32Array) => Ends; level: number } {
  if (!(alpha > 0 && alpha < 1)) throw badOption('alpha must be above 0 and below 1', String(alpha));
  if (name === 'gaussianNll') {
    const z = normalRadius(alpha);
    const ends = (output: Float32Array) => {
      const elements = output.length / 2;
      const at = (sign: number) =>
        Float64Array.from({ length: elements }, (_, k) => output[k] + sign * z * exp(output[elements + k] / 2));
      return { low: at(-1), high: at(1) };
    };
    return { ends, level: alpha };
  }
  const level = 1 - (Math.max(...parameters) - Math.min(...parameters));
  if (name !== 'pinball' || !(level < 1)) {
    throw badOption(
      'loss must be gaussianNll or pinball of two quantiles or more',
      `${name}(${parameters.join(', ')})`,
    );
  }
  const ends = (output: Float32Array) => ({
    low: Float64Array.of(Math.min(...output)),
    high: Float64Array.of(Math.max(...output)),
  });
  return { ends, level };
}

/** z with P(|Z| > z) = alpha, Z standard normal. */
function normalRadius(alpha: number): number {
  let low = 0;
  let high = 40;
  for (let k = 0; k < 80; k++) {
    const middle = (low + high) / 2;
    if (erfc(middle / Math.SQRT2) > alpha) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

const badOption = (rule: string, got: string) =>
  new EddyError('invalid-option', `outputIntervals: ${rule}, got ${got}; e.g. { loss: pinball(0.05, 0.5, 0.95) }`);
