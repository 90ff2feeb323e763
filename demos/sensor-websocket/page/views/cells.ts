import { linesChart } from '../../../charts/linesChart.js';
import { percent, say } from '../../../charts/numbers.js';
import { element, make, write } from '../../../page/element.js';
import { cellNames, cellStyles } from '../cellStyles.js';
import { changed } from '../changed.js';
import type { View } from '../Page.js';

/** What the server sends of the networks comes four times a second. */
const TICKS_PER_SECOND = 4;

/** The three networks side by side: their errors and skill, now and over the last minutes. */
export const cells: View = ({ store }) => {
  const table = element('cells', HTMLTableElement);
  const head = ['Network', 'Error', 'Skill', 'Updates'].map((text) => make('th', { scope: 'col' }, text));
  const rows = cellNames.map((cell) => {
    const name = make(
      'th',
      { scope: 'row', class: `cell-${cell}` },
      make('span', { class: 'dash', 'aria-hidden': 'true' }),
      cellStyles[cell].name,
    );
    const numbers = [make('td'), make('td'), make('td')];
    return { cell, numbers, line: make('tr', {}, name, ...numbers) };
  });
  table.append(make('thead', {}, make('tr', {}, ...head)), make('tbody', {}, ...rows.map(({ line }) => line)));
  const chart = linesChart(element('errors', HTMLElement), {
    lines: cellNames.map((cell) => cellStyles[cell]),
    stepsX: [1, 2, 5, 10, 15, 30, 60].map((seconds) => seconds * TICKS_PER_SECOND),
    sayX: (tick) => (tick === 0 ? 'now' : `${tick / TICKS_PER_SECOND} s`),
  });

  return changed(
    () => [store.lead, store.history?.labVersion],
    () => {
      const { history } = store;
      if (!history) return;
      for (const { cell, numbers, line } of rows) {
        const network = history.networks?.networks.find((view) => view.cell === cell);
        const texts = network ? [say(network.error), percent(network.skill ?? Number.NaN), say(network.updates)] : [];
        numbers.forEach((place, i) => {
          write(place, texts[i] ?? '–');
        });
        line.classList.toggle('chosen', history.networks?.settings.cell === cell);
      }
      chart.draw(
        history.errors.ticks,
        cellNames.map((cell) => history.errors.of(cell)),
      );
    },
  );
};
