import { ramp } from './colours.js';
import { onTheme } from './theme.js';

export interface GateHeatMap {
  /** The units' newest activations become the rightmost column; another number of units starts a new map. */
  push(activations: readonly number[]): void;
  draw(): void;
  close(): void;
}

export interface GateHeatMapOptions {
  /** `gate`: 0 to 1, pale to dark. `state`: −1 to 1, one colour each side of zero; what is beyond is shown as the end. */
  kind: 'gate' | 'state';
  /** Default 120. */
  columns?: number;
}

/** A gate over time: a row of pixels for each unit, a column for each `push`, newest at the right. */
export function gateHeatMap(canvas: HTMLCanvasElement, { kind, columns = 120 }: GateHeatMapOptions): GateHeatMap {
  const context = canvas.getContext('2d');
  let values = new Float32Array(0);
  let image = new ImageData(1, 1);
  let pixels = new Uint32Array(image.data.buffer);
  let colours = new Uint32Array(256);
  let units = 0;

  const start = (count: number) => {
    units = count;
    values = new Float32Array(columns * units).fill(Number.NaN);
    canvas.width = columns;
    canvas.height = Math.max(1, units);
    image = new ImageData(columns, Math.max(1, units));
    pixels = new Uint32Array(image.data.buffer);
  };
  const paint = (value: number) => {
    if (Number.isNaN(value)) return 0;
    const share = kind === 'gate' ? value : (value + 1) / 2;
    return colours[Math.max(0, Math.min(255, Math.round(255 * share)))];
  };
  const draw = () => {
    for (let i = 0; i < pixels.length; i++) pixels[i] = paint(values[i]);
    context?.putImageData(image, 0, 0);
  };
  const close = onTheme(() => {
    colours = ramp(kind === 'gate' ? ['heat-0', 'heat-1', 'heat-2'] : ['below', 'zero', 'above']);
    if (units) draw();
  });

  return {
    push(activations) {
      if (activations.length !== units) start(activations.length);
      // All rows move one pixel left at once; what wraps round into a row's end is overwritten.
      values.copyWithin(0, 1);
      for (let unit = 0; unit < units; unit++) values[(unit + 1) * columns - 1] = activations[unit];
    },
    draw,
    close,
  };
}
