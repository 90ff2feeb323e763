/** `value` within ±bound. */
export const clamp = (value: number, bound: number): number => Math.max(-bound, Math.min(bound, value));
