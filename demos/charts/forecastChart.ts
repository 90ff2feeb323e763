import type uPlot from 'uplot';
import { colour } from './colours.js';
import type { Columns } from './ForecastRows.js';
import { ForecastRows } from './ForecastRows.js';
import { drawAnomalies, drawBand, drawNow, drawScores } from './forecastMarks.js';
import { saySoon } from './numbers.js';
import { axis, createPlot, lines } from './plot.js';
import { type TimeTicks, timeTicks } from './timeTicks.js';
import { valueRange } from './valueRange.js';

export interface ForecastChartOptions {
  /** The place of the row under the pointer, or undefined as it leaves. */
  onPoint?: (row: number | undefined) => void;
  /** The numbers of the first and last row of a stretch that was dragged over. */
  onSelect?: (from: number, to: number) => void;
  /** What an anomaly is called where it is marked. */
  labelOf?: (index: number) => string | undefined;
}

export interface ForecastChart {
  /** Draws these rows; call it at most once a frame. */
  draw(rows: Columns): void;
  close(): void;
}

/** Room for a time on the axis, in pixels. */
const TICK_WIDTH = 90;
const EMPTY = new ForecastRows(1).last(0);

/** Actual against forecast with its interval; anomalies are marked, and the anomaly score of each row stands along the foot. */
export function forecastChart(host: HTMLElement, options: ForecastChartOptions = {}): ForecastChart {
  const { onPoint, onSelect, labelOf = () => undefined } = options;
  let rows: Columns = EMPTY;
  let shown: [number, number] | undefined;
  let ticks: TimeTicks = { places: [], labels: [] };

  const { draw, close } = createPlot(
    host,
    {
      padding: [8, 20, 0, 0],
      cursor: { y: false, points: { show: false }, drag: { x: onSelect !== undefined, y: false, setScale: false } },
      scales: {
        x: { time: false, range: (_, from, to) => [from, Math.max(to, from + 1)] },
        y: { range: () => (shown = valueRange(rows, shown)) },
        score: { range: () => [0, 9] },
      },
      axes: [
        axis({
          grid: { show: false },
          splits: ({ width }) => {
            ticks = timeTicks(rows.time, width / TICK_WIDTH);
            return ticks.places.map((place) => rows.index[place]);
          },
          values: () => ticks.labels,
        }),
        axis({
          size: 52,
          // Below the lowest value is the scores' place.
          values: ({ scales }, splits) => splits.map((y) => (y < footOf(scales.y) ? '' : saySoon(y))),
        }),
      ],
      series: [
        {},
        { paths: lines, points: { show: false }, stroke: () => colour('ink'), width: 1.6 },
        { paths: lines, points: { show: false }, stroke: () => colour('forecast'), width: 1.6, dash: [5, 3] },
        { paths: () => null, points: { show: false } },
        { paths: () => null, points: { show: false } },
        { scale: 'score', paths: () => null, points: { show: false } },
      ],
      hooks: {
        drawAxes: [
          (u) => {
            drawScores(u, rows);
            drawBand(u, rows);
          },
        ],
        draw: [
          (u) => {
            drawNow(u, rows);
            drawAnomalies(u, rows, labelOf);
          },
        ],
        setCursor: [({ cursor }) => onPoint?.(cursor.idx ?? undefined)],
        setSelect: [
          (u) => {
            const { left, width } = u.select;
            if (width > 4) onSelect?.(Math.round(u.posToVal(left, 'x')), Math.round(u.posToVal(left + width, 'x')));
            if (width > 0) u.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
          },
        ],
      },
    },
    dataOf(rows),
  );
  return {
    draw(next) {
      rows = next;
      draw(dataOf(next));
    },
    close,
  };
}

const footOf = ({ min = 0, max = 0 }: uPlot.Scale) => min + (max - min) / 10;

const dataOf = (rows: Columns): uPlot.AlignedData => [
  rows.index,
  rows.value,
  rows.forecast,
  rows.low,
  rows.high,
  rows.score,
];
