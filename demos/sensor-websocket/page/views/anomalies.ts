import { labelOfCause } from '../../../charts/explain.js';
import { element, make } from '../../../page/element.js';
import { changed } from '../changed.js';
import { explain } from '../explainAnomaly.js';
import type { View } from '../Page.js';
import type { Alarm } from '../SensorHistory.js';

const LISTED = 5;
const clock = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });

/** The newest anomalies and what made each one; a press shows it on the chart. */
export const anomalies: View = ({ store, ask }) => {
  const list = element('anomalies', HTMLOListElement);
  const none = element('no-anomalies', HTMLElement);

  const item = ({ point, cause }: Alarm) => {
    const when = make('time', { datetime: new Date(point.time).toISOString() }, clock.format(point.time));
    const button = make(
      'button',
      { type: 'button', class: 'anomaly' },
      make('strong', {}, labelOfCause(cause)),
      ' ',
      when,
    );
    button.addEventListener('click', () => {
      const half = Math.round(store.window / 4);
      store.held = { from: point.index - half, to: point.index + half };
      ask();
    });
    return make('li', {}, button, make('p', {}, explain(point, store.channel, cause)));
  };
  return changed(
    () => [store.lead, store.channel, store.history?.alarms.at(-1)],
    () => {
      const newest = store.history?.alarms.slice(-LISTED).reverse() ?? [];
      none.hidden = newest.length > 0;
      list.replaceChildren(...newest.map(item));
    },
  );
};
