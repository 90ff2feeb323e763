import { InvalidArgumentError } from 'commander';

/** Reads an option's share, above 0 and below 1. */
export function shareOption(text: string): number {
  const value = Number(text);
  if (value > 0 && value < 1) return value;
  throw new InvalidArgumentError('It must be above 0 and below 1, e.g. 0.05.');
}
