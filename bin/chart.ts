import plot from 'simple-ascii-chart';
import type { Forecast } from './forecaster.js';

/** Actual and expected values of the given rows, drawn for a terminal. */
export function chart(rows: readonly Forecast[]): string {
  const scored = rows.flatMap(({ index, value, expected }) => (expected === null ? [] : [{ index, value, expected }]));
  if (scored.length < 2) return 'Too few rows to draw.';
  const actual = scored.map(({ index, value }): [number, number] => [index, value]);
  const expected = scored.map((row): [number, number] => [row.index, row.expected]);
  return plot([actual, expected], {
    width: 96,
    height: 20,
    color: ['ansiBlue', 'ansiYellow'],
    legend: { position: 'bottom', series: ['actual', 'forecast'] },
    xLabel: 'row',
  });
}
