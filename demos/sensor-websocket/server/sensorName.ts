import { LIMITS } from './limits.js';

/** A sensor's name, or undefined: 1 to 64 characters that can be printed. It is a key and a text, never a path or markup. */
export function sensorName(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length === 0 || value.length > LIMITS.name) return undefined;
  return /^[^\p{C}\p{Zl}\p{Zp}]+$/u.test(value) ? value : undefined;
}
