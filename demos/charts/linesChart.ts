import type uPlot from 'uplot';
import { colour } from './colours.js';
import { saySoon } from './numbers.js';
import { axis, createPlot, lines } from './plot.js';

export interface LineStyle {
  /** A colour of theme.css by its name. */
  colour: string;
  dash?: number[];
  /** Default 2. */
  width?: number;
}

export interface LinesChartOptions {
  lines: readonly LineStyle[];
  /** Of the y axis. Default `linear`. */
  scale?: 'linear' | 'log';
  /** Of a linear y axis. Default: from 0, or below, to what the lines need. */
  range?: readonly [number, number];
  /** Of the x axis. */
  sayX?: (x: number) => string;
  /** Distances that its ticks may have. Default: uPlot's. */
  stepsX?: number[];
}

export interface LinesChart {
  draw(xs: Float64Array, ys: readonly Float64Array[]): void;
  close(): void;
}

/** Some lines over one x, each with its colour and dash. */
export function linesChart(host: HTMLElement, options: LinesChartOptions): LinesChart {
  const log = options.scale === 'log';
  const none = new Float64Array(0);
  const { draw, close } = createPlot(
    host,
    {
      padding: [8, 16, 0, 0],
      cursor: { show: false },
      scales: {
        x: { time: false, range: (_, from, to) => [from, Math.max(to, from + 1)] },
        y: log
          ? { distr: 3, range: (_, from, to) => decades(from, to) }
          : { range: (_, from, to) => (options.range ? [...options.range] : fromZero(from, to)) },
      },
      axes: [
        axis({
          grid: { show: false },
          space: 60,
          ...(options.stepsX && { incrs: options.stepsX }),
          values: (_, at) => at.map(options.sayX ?? String),
        }),
        axis({
          size: 48,
          ...(log && { splits: (_, __, from, to) => powersOfTen(from, to) }),
          values: (_, at) => at.map((y) => (y === null ? '' : saySoon(y))),
        }),
      ],
      series: [
        {},
        ...options.lines.map(
          ({ colour: name, dash, width = 2 }): uPlot.Series => ({
            paths: lines,
            points: { show: false },
            stroke: () => colour(name),
            width,
            ...(dash && { dash }),
          }),
        ),
      ],
    },
    [none, ...options.lines.map(() => none)],
  );
  return { draw: (xs, ys) => draw([xs, ...ys]), close };
}

const fromZero = (from: number, to: number): [number, number] => (to > from ? [Math.min(0, from), 1.1 * to] : [0, 1]);

function decades(from: number, to: number): [number, number] {
  if (!(from > 0) || !(to >= from)) return [1e-6, 1];
  return [10 ** Math.floor(Math.log10(from)), 10 ** Math.ceil(Math.log10(to) + 1e-9)];
}

const powersOfTen = (from: number, to: number): number[] => {
  const [first, last] = [Math.round(Math.log10(from)), Math.round(Math.log10(to))];
  const step = Math.ceil((last - first) / 5) || 1;
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, i) => 10 ** (first + i * step));
};
