import uPlot from 'uplot';
import { colour } from './colours.js';
import { inSight } from './inSight.js';
import { onTheme } from './theme.js';

export interface Plot {
  /** Draws the data, or, out of sight, keeps it until it can be seen. */
  draw(data: uPlot.AlignedData): void;
  close(): void;
}

/** A uPlot that fills its host, whatever size that has, and changes colours with the theme. */
export function createPlot(
  host: HTMLElement,
  options: Omit<uPlot.Options, 'width' | 'height'>,
  data: uPlot.AlignedData,
): Plot {
  const size = () => ({ width: Math.max(80, host.clientWidth), height: Math.max(60, host.clientHeight) });
  const u = new uPlot({ pxAlign: false, legend: { show: false }, ...options, ...size() }, data, host);
  let waiting: uPlot.AlignedData | undefined;
  const sight = inSight(host, () => {
    if (waiting) u.setData(waiting);
    waiting = undefined;
  });
  const resized = new ResizeObserver(() => {
    const { width, height } = size();
    if (width !== u.width || height !== u.height) u.setSize({ width, height });
  });
  resized.observe(host);
  const endTheme = onTheme(() => u.redraw(false, true));
  return {
    draw(next) {
      if (sight.now) u.setData(next);
      else waiting = next;
    },
    close() {
      endTheme();
      sight.end();
      resized.disconnect();
      u.destroy();
    },
  };
}

/** What all axes look like. */
export const axis = (options: uPlot.Axis = {}): uPlot.Axis => ({
  stroke: () => colour('ink-soft'),
  font: `12px ${getComputedStyle(document.documentElement).getPropertyValue('--text')}`,
  grid: { stroke: () => colour('grid'), width: 1 },
  ticks: { show: false },
  gap: 6,
  size: 28,
  ...options,
});

/** Straight lines between numbers; where there is NaN the line is broken. */
export const lines: uPlot.Series.PathBuilder = (u, series, from, to) => {
  const [xs, ys, scale] = [u.data[0], u.data[series], u.series[series].scale ?? 'y'];
  const stroke = new Path2D();
  let down = false;
  for (let i = from; i <= to; i++) {
    const y = ys[i];
    const here = y !== null && y !== undefined && Number.isFinite(y);
    if (here) {
      const [px, py] = [u.valToPos(xs[i], 'x', true), u.valToPos(y, scale, true)];
      if (down) stroke.lineTo(px, py);
      else stroke.moveTo(px, py);
      // A number alone between gaps is still to be seen.
      if (!down && !Number.isFinite(ys[i + 1])) stroke.lineTo(px + 1, py);
    }
    down = here;
  }
  return { stroke };
};
