/**
 * What an interval costs once its value has come (Winkler 1972, JASA 67:187; Gneiting & Raftery 2007, JASA 102:359): its
 * width, and 2/α times the distance by which it missed. Smaller is better; it cannot be lowered by lying.
 */
export function intervalScore(low: number, high: number, value: number, alpha: number): number {
  const width = high - low;
  if (value < low) return width + (2 / alpha) * (low - value);
  if (value > high) return width + (2 / alpha) * (value - high);
  return width;
}
