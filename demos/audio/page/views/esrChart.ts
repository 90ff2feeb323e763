import { linesChart } from '../../../charts/linesChart.js';
import { onFrame } from '../../../charts/onFrame.js';
import { element } from '../../../page/element.js';
import type { Session } from '../Session.js';

/** Four points a second, for five minutes. */
const POINTS = 1200;

/** How the error-to-signal ratio falls. */
export function esrChart({ measured, source }: Session): void {
  const seconds: number[] = [];
  const ratios: number[] = [];
  const chart = linesChart(element('esr', HTMLElement), {
    lines: [{ colour: 'gru' }],
    scale: 'log',
    sayX: (x) => `${x} s`,
  });
  let played = 0;
  const draw = onFrame(() => chart.draw(Float64Array.from(seconds), [Float64Array.from(ratios)]));
  measured.subscribe(({ ratio }) => {
    if (source.value === undefined) return;
    played += 0.25;
    seconds.push(played);
    ratios.push(ratio > 0 ? ratio : Number.NaN);
    if (seconds.length > POINTS) {
      seconds.shift();
      ratios.shift();
    }
    draw();
  });
}
