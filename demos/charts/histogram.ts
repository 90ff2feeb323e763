import uPlot from 'uplot';
import { colour } from './colours.js';
import { saySoon } from './numbers.js';
import { axis, createPlot } from './plot.js';

export interface Histogram {
  /** Upper bounds of the bins, the last bin is open; and how many fell into each. */
  draw(bounds: readonly number[], counts: readonly number[]): void;
  close(): void;
}

const bars: uPlot.Series.PathBuilder = uPlot.paths.bars?.({ size: [0.86] }) ?? (() => null);

/** Bars of equal width, each named by its bin's upper bound. */
export function histogram(host: HTMLElement, colourName: string): Histogram {
  let bounds: readonly number[] = [];
  const sayBound = (bin: number) => {
    if (!Number.isInteger(bin) || bin < 0 || bin > bounds.length) return '';
    return bin < bounds.length ? saySoon(bounds[bin]) : '∞';
  };
  const { draw, close } = createPlot(
    host,
    {
      padding: [8, 4, 0, 4],
      cursor: { show: false },
      scales: {
        x: { time: false, range: (_, from, to) => [from - 0.6, to + 0.6] },
        y: { range: (_, __, to) => [0, to || 1] },
      },
      axes: [
        axis({ grid: { show: false }, space: 34, incrs: [1, 2, 5, 10], values: (_, at) => at.map(sayBound) }),
        axis({ show: false }),
      ],
      series: [
        {},
        {
          paths: bars,
          points: { show: false },
          fill: () => colour(colourName),
          width: 0,
        },
      ],
    },
    [[], []],
  );
  return {
    draw(next, counts) {
      bounds = next;
      draw([Float64Array.from(counts, (_, bin) => bin), Float64Array.from(counts)]);
    },
    close,
  };
}
