import { EddyError } from '../../core/errors.js';

/** An optimizer: made by `adam(1e-3)` and its like; its arithmetic is a kernel. */
export interface Optimizer {
  readonly name: string;
  /** Its kernel's number. */
  readonly kind: number;
  /** η: what a schedule scales. */
  readonly rate: number;
  /** Blocks of moments that it keeps: 0, 1 or 2. */
  readonly moments: number;
  /** The numbers its kernel reads, as the kernel's header names them. */
  readonly fields: { readonly [field in 'decay' | 'a' | 'b' | 'c' | 'nesterov']?: number };
  /** β₁ and β₂, where the moments' start at zero is corrected for. */
  readonly corrected?: readonly [number, number];
}

/** Fails with `invalid-option` unless lo ≤ value < hi (or value is lo = hi). */
export function requireRange(where: string, name: string, value: number, lo: number, hi: number): void {
  if (value >= lo && value < hi) return;
  throw new EddyError('invalid-option', `${where}: ${name} must be a number from ${lo} to below ${hi}, got ${value}`);
}

/** Fails with `invalid-option` unless the rate is a finite number above 0. */
export function requireRate(where: string, rate: number): void {
  if (rate > 0 && rate < Number.POSITIVE_INFINITY) return;
  throw new EddyError('invalid-option', `${where}: the learning rate must be a number above 0, got ${rate}; try 1e-3`);
}

/** Fails with `invalid-option` unless ε is a number above 0, and above 0 as float32 too: 0/(0 + ε) must be 0. */
export function requireEpsilon(where: string, epsilon: number): void {
  if (epsilon > 0 && epsilon < Number.POSITIVE_INFINITY && Math.fround(epsilon) > 0) return;
  throw new EddyError('invalid-option', `${where}: epsilon must be a number above 0, got ${epsilon}; try 1e-8`);
}
