/** What went wrong, for a caller that branches on it; the message is for the person who reads it. */
export type EddyErrorCode =
  | 'invalid-option'
  | 'invalid-sample'
  | 'invalid-state'
  | 'invalid-weights'
  | 'invalid-file'
  | 'disposed'
  | 'out-of-memory'
  | 'host';

/**
 * Thrown when a documented rule is broken. The message reads `where: rule, got value; remedy`.
 *
 *     new EddyError('invalid-sample', 'learn: sample 812 must have 4 finite numbers, got 3; keep the features fixed')
 */
export class EddyError extends Error {
  override readonly name = 'EddyError';

  constructor(
    readonly code: EddyErrorCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}
