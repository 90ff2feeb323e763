import type uPlot from 'uplot';
import { colour } from './colours.js';
import { saySoon } from './numbers.js';
import { axis, lines, openPlot } from './plot.js';

export interface LineStyle {
  /** A colour of theme.css by its name. */
  colour: string;
  dash?: number[];
}

export interface LinesChartOptions {
  lines: readonly LineStyle[];
  /** Of the y axis. Default `linear`. */
  scale?: 'linear' | 'log';
  /** Of the x axis. */
  sayX?: (x: number) => string;
  /** Distances that its ticks may have. Default: uPlot's. */
  stepsX?: number[];
}

export interface LinesChart {
  draw(xs: Float64Array, ys: readonly Float64Array[]): void;
  close(): void;
}

/** Some lines over one x, told apart by colour and dash. */
export function linesChart(host: HTMLElement, options: LinesChartOptions): LinesChart {
  const log = options.scale === 'log';
  const none = new Float64Array(0);
  const { u, close } = openPlot(
    host,
    {
      padding: [8, 16, 0, 0],
      cursor: { show: false },
      scales: {
        x: { time: false, range: (_, from, to) => [from, Math.max(to, from + 1)] },
        y: log
          ? { distr: 3, range: (_, from, to) => decades(from, to) }
          : { range: (_, from, to) => fromZero(from, to) },
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
          ({ colour: name, dash }): uPlot.Series => ({
            paths: lines,
            points: { show: false },
            stroke: () => colour(name),
            width: 2,
            ...(dash && { dash }),
          }),
        ),
      ],
    },
    [none, ...options.lines.map(() => none)],
  );
  return { draw: (xs, ys) => u.setData([xs, ...ys]), close };
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
