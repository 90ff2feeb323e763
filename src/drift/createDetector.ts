import { EddyError } from '../core/errors.js';
import type { DriftDetector } from './driftDetector.js';

/** The detector of a run. @throws EddyError `invalid-option` where `make` gives none; and what it throws itself. */
export function createDetector(where: string, make: () => DriftDetector): DriftDetector {
  const isMaker = typeof make === 'function';
  const detector: Partial<DriftDetector> | undefined = isMaker ? make() : undefined;
  if (isDetector(detector)) return detector;
  const got = isMaker ? `a function that gives ${String(detector)}` : String(make);
  throw new EddyError(
    'invalid-option',
    `${where}: detector must be a function that gives step, snapshot and restore, got ${got}; e.g. () => new Adwin()`,
  );
}

const isDetector = (detector: Partial<DriftDetector> | undefined): detector is DriftDetector =>
  typeof detector?.step === 'function' &&
  typeof detector.snapshot === 'function' &&
  typeof detector.restore === 'function';
