import type uPlot from 'uplot';
import { colour } from './colours.js';
import type { Columns } from './ForecastRows.js';
import { ForecastRows, placeOf } from './ForecastRows.js';
import { saySoon, sayTime } from './numbers.js';
import { axis, lines, openPlot } from './plot.js';
import { valueRange } from './valueRange.js';

/** From this score on a row is an anomaly. */
export const ALARM = 0.5;

export interface ForecastChartOptions {
  /** The column of `u.data` positions under the pointer, or undefined as it leaves. */
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

const [VALUE, FORECAST, LOW, HIGH, SCORE] = [1, 2, 3, 4, 5];
const EMPTY = new ForecastRows(1).last(0);

/** Actual against forecast with its band; anomalies are marked, and how surprising each row was stands along the foot. */
export function forecastChart(host: HTMLElement, options: ForecastChartOptions = {}): ForecastChart {
  const { onPoint, onSelect, labelOf = () => undefined } = options;
  let rows: Columns = EMPTY;
  let shown: [number, number] | undefined;
  const timeAt = (index: number) => rows.time[Math.min(rows.time.length - 1, placeOf(rows.index, index))];
  const spanOf = ({ time }: Columns) => Math.abs(time[time.length - 1] - time[0]) || 0;

  const { u, close } = openPlot(
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
          space: 90,
          values: (_, splits) => splits.map((at) => (rows.time.length ? sayTime(timeAt(at), spanOf(rows)) : '')),
        }),
        axis({ size: 52, values: (_, splits) => splits.map(saySoon) }),
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
        drawAxes: [drawScores, drawBand],
        draw: [(u) => drawAnomalies(u, labelOf)],
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
      u.setData(dataOf(next));
    },
    close,
  };
}

const dataOf = (rows: Columns): uPlot.AlignedData => [
  rows.index,
  rows.value,
  rows.forecast,
  rows.low,
  rows.high,
  rows.score,
];

/** There along the high edge, back along the low one; a row without an interval ends a stretch. */
function drawBand(u: uPlot): void {
  const [xs, lows, highs] = [u.data[0], u.data[LOW], u.data[HIGH]] as Float64Array[];
  const { ctx } = u;
  ctx.save();
  ctx.beginPath();
  ctx.rect(u.bbox.left, u.bbox.top, u.bbox.width, u.bbox.height);
  ctx.clip();
  ctx.fillStyle = colour('band');
  ctx.beginPath();
  for (let start = 0; start < xs.length; start++) {
    let end = start;
    while (end < xs.length && lows[end] <= highs[end]) end++;
    for (let i = start; i < end; i++) ctx.lineTo(u.valToPos(xs[i], 'x', true), u.valToPos(highs[i], 'y', true));
    for (let i = end - 1; i >= start; i--) ctx.lineTo(u.valToPos(xs[i], 'x', true), u.valToPos(lows[i], 'y', true));
    if (end > start) ctx.closePath();
    start = end;
    if (start + 1 < xs.length)
      ctx.moveTo(u.valToPos(xs[start + 1], 'x', true), u.valToPos(highs[start + 1], 'y', true));
  }
  ctx.fill();
  ctx.restore();
}

function drawScores(u: uPlot): void {
  const [xs, scores] = [u.data[0], u.data[SCORE]] as Float64Array[];
  const floor = u.bbox.top + u.bbox.height;
  const width = Math.max(1, u.bbox.width / Math.max(1, xs.length) - 1);
  const { ctx } = u;
  ctx.save();
  for (const alarm of [false, true]) {
    ctx.fillStyle = colour(alarm ? 'anomaly' : 'rule');
    for (let i = 0; i < xs.length; i++) {
      if (!(scores[i] > 0.02) || scores[i] >= ALARM !== alarm) continue;
      const top = u.valToPos(scores[i], 'score', true);
      ctx.fillRect(u.valToPos(xs[i], 'x', true) - width / 2, top, width, floor - top);
    }
  }
  ctx.restore();
}

/** A diamond at each, a hair line through it, and its name where there is room. */
function drawAnomalies(u: uPlot, labelOf: (index: number) => string | undefined): void {
  const [xs, values, forecasts, scores] = [u.data[0], u.data[VALUE], u.data[FORECAST], u.data[SCORE]] as Float64Array[];
  const { ctx, bbox } = u;
  const pixel = devicePixelRatio;
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = colour('anomaly');
  ctx.font = `600 ${12 * pixel}px ${getComputedStyle(u.root).fontFamily}`;
  ctx.lineWidth = pixel;
  ctx.textAlign = 'left';
  let free = bbox.left;
  for (let i = 0; i < xs.length; i++) {
    if (!(scores[i] >= ALARM)) continue;
    const at = Number.isFinite(values[i]) ? values[i] : forecasts[i];
    const [x, y] = [u.valToPos(xs[i], 'x', true), Number.isFinite(at) ? u.valToPos(at, 'y', true) : bbox.top];
    ctx.globalAlpha = 0.45;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.globalAlpha = 1;
    diamond(ctx, x, y, 6 * pixel);
    const label = labelOf(xs[i]);
    const width = label ? ctx.measureText(label).width : 0;
    if (label && x >= free && x + width < bbox.left + bbox.width) {
      ctx.fillText(label, x + 5 * pixel, bbox.top + 12 * pixel);
      free = x + width + 12 * pixel;
    }
  }
  ctx.restore();
}

function diamond(ctx: CanvasRenderingContext2D, x: number, y: number, size: number): void {
  ctx.beginPath();
  ctx.moveTo(x, y - size);
  ctx.lineTo(x + size, y);
  ctx.lineTo(x, y + size);
  ctx.lineTo(x - size, y);
  ctx.closePath();
  ctx.fill();
  ctx.save();
  ctx.strokeStyle = colour('surface');
  ctx.stroke();
  ctx.restore();
}
