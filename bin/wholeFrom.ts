import { InvalidArgumentError } from 'commander';

/** Reads an option's whole number that is at least `least`. */
export const wholeFrom = (least: number) => (text: string) => {
  const value = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(value) && value >= least) return value;
  throw new InvalidArgumentError(`It must be a whole number ≥ ${least}.`);
};
