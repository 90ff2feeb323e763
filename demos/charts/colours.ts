let known = new Map<string, string>();
let knownFor: string | undefined;

/** A colour of theme.css by its name, as a canvas takes it. */
export function colour(name: string): string {
  const { theme } = document.documentElement.dataset;
  if (theme !== knownFor) [known, knownFor] = [new Map(), theme];
  const found = known.get(name) ?? getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  if (found) known.set(name, found);
  return found;
}

/** 256 steps through colours of theme.css, as pixels of an ImageData. */
export function ramp(names: readonly string[]): Uint32Array<ArrayBuffer> {
  const strip = new OffscreenCanvas(256, 1).getContext('2d');
  if (!strip) return new Uint32Array(256);
  const gradient = strip.createLinearGradient(0, 0, 256, 0);
  names.forEach((name, i) => {
    gradient.addColorStop(i / (names.length - 1), colour(name) || 'gray');
  });
  strip.fillStyle = gradient;
  strip.fillRect(0, 0, 256, 1);
  const { data } = strip.getImageData(0, 0, 256, 1);
  return Uint32Array.from(new Uint32Array(data.buffer));
}
