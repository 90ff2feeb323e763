import { EddyError } from '../core/errors.js';

/** A learner's output at a sample must be finite. @throws EddyError `invalid-state` where an unbounded cell has diverged. */
export function requireFinite(output: Float32Array, index: number): void {
  for (let i = 0; i < output.length; i++) if (!Number.isFinite(output[i])) refuse(output[i], index);
}

function refuse(value: number, index: number): never {
  throw new EddyError(
    'invalid-state',
    `learner.step: the output at sample ${index} must be finite, got ${value}; the state has grown without bound: use a bounded cell, clip, or scale the input`,
  );
}
