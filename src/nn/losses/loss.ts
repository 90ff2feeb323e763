import { EddyError } from '../../core/errors.js';
import type { Sample } from '../../core/sample.js';
import type { DenseActivation, ReadoutSpec } from '../readouts/readout.js';
import type { LossResult, ReferenceTarget } from './reference.js';

/** A loss: made by `mse`, `huber(1)` and their like; its arithmetic is a kernel. */
export interface Loss {
  readonly name: string;
  /** Its kernel's number. */
  readonly kind: number;
  /** Does it read the readout's logits, with sigmoid or softmax fused in? */
  readonly fused: boolean;
  /** Is a window's loss one value of the whole window, such as a ratio of sums over it, rather than the mean of its samples' losses? */
  readonly alongTime?: boolean;
  /** Numbers that its kernel reads. */
  readonly parameters: readonly number[];
  /** Numbers in a target, for an output of this width. @throws EddyError `invalid-option` where it does not fit the readout. */
  targetWidth(outputs: number, readout: ReadoutSpec | undefined): number;
  /** May one number stand for a row's whole target: a class, or a value that all quantiles share? */
  readonly single?: boolean;
  /** Writes one row's target, all of it or, where it throws, nothing; NaN marks a missing element. Left out: `readTarget`. */
  readonly readTarget?: typeof readTarget;
  /**
   * One sample's loss in float64, from what the loss reads: the logits for a fused one, else the output. Left out: there is none, as for a
   * loss written in tfjs ops.
   */
  reference?(read: number[], target: ReferenceTarget): LossResult | undefined;
  /** Of a loss along time: a row's window in float64, and its gradient by each sample's output. */
  referenceOfWindow?(
    outputs: readonly number[][],
    targets: readonly (ReferenceTarget | undefined)[],
  ): { loss: number; gradient: number[][] } | undefined;
  /**
   * In place of a kernel: the mean loss of `n` samples, and its gradient by their outputs [n × outputs]. `targets` is [n × width], all
   * present. Left out: the kernel.
   */
  ofWindow?(outputs: Float32Array, targets: Float32Array, n: number): { loss: number; gradient: Float32Array };
}

/** What the family's registry knows of a loss: each export carries it as `member`. */
export interface LossMember {
  /** What files and messages call it. */
  readonly name: string;
  /** The loss of stored parameters. @throws EddyError `invalid-option` */
  create(parameters: readonly number[]): Loss;
  /** A setting that the family's tests run it in. */
  readonly example: {
    readonly parameters: readonly number[];
    readonly outputs: number;
    readonly activation: DenseActivation;
    readonly targets: 'numbers' | 'shares' | 'classes';
  };
}

/**
 * Writes a target's `width` numbers; `undefined` and NaN mark a missing element, `undefined` in place of a target all of them.
 * @throws EddyError `invalid-sample`: another length, text, ±Infinity. Nothing has been written then.
 */
export function readTarget(
  target: Sample | readonly (number | undefined)[] | undefined,
  width: number,
  memory: Float32Array,
  at: number,
  where: string,
  index: number,
): void {
  if (target === undefined) {
    for (let i = 0; i < width; i++) memory[at + i] = Number.NaN;
    return;
  }
  if (typeof target === 'number') {
    if (width !== 1 || !fits(target)) refuse(target, width, where, index);
    memory[at] = target;
    return;
  }
  if (typeof target !== 'object' || target === null || target.length !== width) refuse(target, width, where, index);
  for (let i = 0; i < width; i++) if (!fits(target[i])) refuse(target[i], width, where, index);
  for (let i = 0; i < width; i++) memory[at + i] = target[i] ?? Number.NaN;
}

const fits = (value: unknown) =>
  value === undefined || (typeof value === 'number' && Math.abs(Math.fround(value)) !== Number.POSITIVE_INFINITY);

function refuse(target: unknown, width: number, where: string, index: number): never {
  const came =
    typeof target === 'object' && target !== null && 'length' in target ? `${target.length} numbers` : String(target);
  throw new EddyError(
    'invalid-sample',
    `${where}: the target of sample ${index} must be ${width} finite numbers (NaN or undefined marks a missing one), got ${came}; give one for each output`,
  );
}
