import { lagChart } from '../../../charts/lagChart.js';
import { element, write } from '../../../page/element.js';
import { cellNames, cellStyles } from '../cellStyles.js';
import { changed } from '../changed.js';
import type { View } from '../Page.js';

/** How much of the gradient is left, by lag, for each network. */
export const lag: View = ({ store }) => {
  const chart = lagChart(
    element('lag', HTMLElement),
    cellNames.map((cell) => cellStyles[cell]),
  );
  const text = element('lag-text', HTMLElement);
  return changed(
    () => [store.lead, store.history?.labVersion],
    () => {
      const networks = store.history?.networks?.networks ?? [];
      const norms = cellNames.map((cell) => networks.find((network) => network.cell === cell)?.gradientNormByLag ?? []);
      chart.draw(norms);
      const reaches = norms.map((norm, i) => `${cellStyles[cellNames[i]].name} ${reach(norm)}`).join(', ');
      write(text, `Rows back until a tenth of it is left: ${reaches}.`);
    },
  );
};

function reach(norms: readonly number[]): string {
  const at = norms.findIndex((norm) => norm < norms[0] / 10);
  if (!norms.length) return '–';
  return at < 0 ? `over ${norms.length - 1}` : String(at);
}
