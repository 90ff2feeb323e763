import { labelOfCause } from '../../../charts/explain.js';
import { forecastChart } from '../../../charts/forecastChart.js';
import { say } from '../../../charts/numbers.js';
import { readout } from '../../../charts/readout.js';
import { element, make, write } from '../../../page/element.js';
import { changed } from '../changed.js';
import type { View } from '../Page.js';

const SPOKEN_EVERY = 5000;

/** The lead sensor's forecasts: the chart, its numbers, and what is shown of it. */
export const hero: View = ({ store, ask }) => {
  const title = element('lead', HTMLElement);
  const text = element('forecast-text', HTMLElement);
  const hold = element('hold', HTMLButtonElement);
  const span = element('window', HTMLSelectElement);
  const numbers = readout(element('readout', HTMLDListElement));
  let pointed: number | undefined;
  let spoken = 0;

  const chart = forecastChart(element('forecast', HTMLElement), {
    onPoint: (place) => {
      if (place === pointed) return;
      pointed = place;
      ask();
    },
    onSelect: (from, to) => {
      store.held = { from, to };
      ask();
    },
    labelOf: (index) => {
      const alarm = store.history?.alarms.find(({ point }) => point.index === index);
      return alarm && labelOfCause(alarm.cause);
    },
  });

  hold.addEventListener('click', () => {
    const { index } = store.rows ?? {};
    store.held = store.held || !index?.length ? undefined : { from: index[0], to: index[index.length - 1] };
    ask();
  });
  span.addEventListener('change', () => {
    store.window = Number(span.value);
    store.held = undefined;
    ask();
  });
  const drawChannels = channels(ask, store);

  return changed(
    () => [store.lead, store.history?.version, store.window, store.held, store.channel, pointed],
    () => {
      write(title, store.lead ?? '');
      write(hold, store.held ? 'Back to live' : 'Hold');
      hold.setAttribute('aria-pressed', String(store.held !== undefined));
      drawChannels();
      const { rows } = store;
      if (!rows) return;
      chart.draw(rows);
      numbers.draw(rows, pointed ?? rows.index.length - 1);
      if (performance.now() < spoken + SPOKEN_EVERY) return;
      spoken = performance.now();
      const last = rows.index.length - 1;
      const alarms = rows.score.reduce((sum, score) => sum + Number(score >= 0.5), 0);
      write(
        text,
        `Chart of the last ${rows.index.length} rows of ${store.lead}. Newest: actual ${say(rows.value[last])}, forecast ${say(rows.forecast[last])}. ${alarms} anomalies.`,
      );
    },
  );
};

/** The choice between a sensor's channels, where it has several. */
function channels(ask: () => void, store: Parameters<View>[0]['store']): () => void {
  const field = element('channel-field', HTMLElement);
  const select = element('channel', HTMLSelectElement);
  select.addEventListener('change', () => {
    store.channel = Number(select.value);
    ask();
  });
  return () => {
    const count = store.history?.channels.length ?? 0;
    field.hidden = count < 2;
    if (select.options.length !== count) {
      select.replaceChildren(
        ...Array.from({ length: count }, (_, i) => make('option', { value: String(i) }, String(i + 1))),
      );
    }
    select.value = String(store.channel);
  };
}
