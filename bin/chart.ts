import plot from 'simple-ascii-chart';
import type { Forecast } from './forecaster.js';

/** Actual and forecast values of the given rows, drawn for a terminal. */
export function chart(rows: readonly Forecast[]): string {
  const compared = rows.flatMap(({ index, value, scored }) =>
    scored ? [{ index, value, forecast: scored.forecast }] : [],
  );
  if (compared.length < 2) return 'Too few rows to draw.';
  const actual = compared.map(({ index, value }): [number, number] => [index, value]);
  const forecast = compared.map((row): [number, number] => [row.index, row.forecast]);
  return plot([actual, forecast], {
    width: 96,
    height: 20,
    color: ['ansiBlue', 'ansiYellow'],
    legend: { position: 'bottom', series: ['actual', 'forecast'] },
    xLabel: 'row',
  });
}
