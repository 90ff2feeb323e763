/** `value` within ±bound. */
export const clamp = (value: number, bound: number): number =>
  value > bound ? bound : value < -bound ? -bound : value;
