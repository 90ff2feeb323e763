import { type LineStyle, linesChart } from './linesChart.js';

export interface LagChart {
  /** ‖∂ℓ/∂h_{F−k}‖ for k = 0, 1, … of each line. */
  draw(norms: readonly (readonly number[])[]): void;
  close(): void;
}

/** How much of the newest loss's gradient reaches the state `lag` rows back: a line that falls is a network that forgets. */
export function lagChart(host: HTMLElement, lines: readonly LineStyle[]): LagChart {
  const chart = linesChart(host, { lines, scale: 'log' });
  return {
    draw(norms) {
      const longest = Math.max(0, ...norms.map((n) => n.length));
      const lags = Float64Array.from({ length: longest }, (_, k) => k);
      // A logarithm has no place for 0.
      const columns = norms.map((n) => Float64Array.from(lags, (_, k) => (n[k] > 0 ? n[k] : Number.NaN)));
      chart.draw(lags, columns);
    },
    close: chart.close,
  };
}
