import type uPlot from 'uplot';
import { colour } from './colours.js';
import type { Columns } from './ForecastRows.js';

/** From this score on a row is an anomaly. */
export const ALARM = 0.5;

/** Scores below it are not drawn. */
const FAINTEST = 0.02;

/** There along the high edge, back along the low one; a row without an interval ends a stretch. */
export function drawBand({ ctx, bbox, valToPos }: uPlot, { index, low, high }: Columns): void {
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.fillStyle = colour('interval');
  ctx.beginPath();
  for (let start = 0; start < index.length; start++) {
    let end = start;
    while (low[end] <= high[end]) end++;
    if (end === start) continue;
    ctx.moveTo(valToPos(index[start], 'x', true), valToPos(high[start], 'y', true));
    for (let i = start + 1; i < end; i++) ctx.lineTo(valToPos(index[i], 'x', true), valToPos(high[i], 'y', true));
    for (let i = end - 1; i >= start; i--) ctx.lineTo(valToPos(index[i], 'x', true), valToPos(low[i], 'y', true));
    start = end;
  }
  ctx.fill();
  ctx.restore();
}

/** How surprising each row was, as bars along the foot. */
export function drawScores({ ctx, bbox, valToPos }: uPlot, { index, score }: Columns): void {
  const floor = bbox.top + bbox.height;
  const width = Math.max(1, bbox.width / Math.max(1, index.length) - 1);
  ctx.save();
  for (const alarm of [false, true]) {
    ctx.fillStyle = colour(alarm ? 'anomaly' : 'rule');
    for (let i = 0; i < index.length; i++) {
      if (!(score[i] > FAINTEST) || score[i] >= ALARM !== alarm) continue;
      const top = valToPos(score[i], 'score', true);
      ctx.fillRect(valToPos(index[i], 'x', true) - width / 2, top, width, floor - top);
    }
  }
  ctx.restore();
}

/** A diamond at each, a hair line through it, and its name where there is room. */
export function drawAnomalies(
  { ctx, bbox, valToPos, root }: uPlot,
  { index, value, forecast, score }: Columns,
  labelOf: (index: number) => string | undefined,
): void {
  const pixel = devicePixelRatio;
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = colour('anomaly');
  ctx.lineWidth = pixel;
  ctx.textAlign = 'left';
  ctx.setLineDash([4 * pixel, 3 * pixel]);
  let free = bbox.left;
  for (let i = 0; i < index.length; i++) {
    if (!(score[i] >= ALARM)) continue;
    const at = Number.isFinite(value[i]) ? value[i] : forecast[i];
    const [x, y] = [valToPos(index[i], 'x', true), Number.isFinite(at) ? valToPos(at, 'y', true) : bbox.top];
    ctx.globalAlpha = 0.45;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.globalAlpha = 1;
    drawDiamond(ctx, x, y, 6 * pixel);
    const label = labelOf(index[i]);
    if (label === undefined || x < free) continue;
    ctx.font = `600 ${12 * pixel}px ${getComputedStyle(root).fontFamily}`;
    const width = ctx.measureText(label).width;
    if (x + width > bbox.left + bbox.width) continue;
    ctx.fillText(label, x + 5 * pixel, bbox.top + 12 * pixel);
    free = x + width + 12 * pixel;
  }
  ctx.restore();
}

/** Where the series stands: a dot at the newest value. */
export function drawNow({ ctx, valToPos }: uPlot, { index, value }: Columns): void {
  const last = index.length - 1;
  if (!Number.isFinite(value[last])) return;
  ctx.save();
  ctx.setLineDash([]);
  ctx.beginPath();
  ctx.arc(valToPos(index[last], 'x', true), valToPos(value[last], 'y', true), 4 * devicePixelRatio, 0, 2 * Math.PI);
  ctx.fillStyle = colour('ink');
  ctx.fill();
  ctx.lineWidth = 2 * devicePixelRatio;
  ctx.strokeStyle = colour('surface');
  ctx.stroke();
  ctx.restore();
}

function drawDiamond(ctx: CanvasRenderingContext2D, x: number, y: number, size: number): void {
  ctx.beginPath();
  ctx.moveTo(x, y - size);
  ctx.lineTo(x + size, y);
  ctx.lineTo(x, y + size);
  ctx.lineTo(x - size, y);
  ctx.closePath();
  ctx.fill();
}
