import { say } from '../../../charts/numbers.js';
import { element, make } from '../../../page/element.js';
import { changed } from '../changed.js';
import type { View } from '../Page.js';

const ROWS = 12;
const clock = new Intl.DateTimeFormat('en-GB', { dateStyle: 'short', timeStyle: 'medium' });

/** The chart's last rows as text, while someone has opened it. */
export const table: View = ({ store, ask }) => {
  const body = element('rows', HTMLTableElement);
  const details = body.closest('details');
  details?.addEventListener('toggle', ask);
  return changed(
    () => [details?.open, details?.open && store.history?.version, store.lead, store.channel, store.held],
    () => {
      const { rows } = store;
      if (!details?.open || !rows) return;
      const cells = (tag: 'th' | 'td', texts: string[]) => make('tr', {}, ...texts.map((text) => make(tag, {}, text)));
      const head = cells('th', ['Row', 'Time', 'Actual', 'Forecast', 'Low', 'High', 'Anomaly score']);
      const lines = Array.from({ length: Math.min(ROWS, rows.index.length) }, (_, back) => {
        const i = rows.index.length - 1 - back;
        const numbers = [rows.value[i], rows.forecast[i], rows.low[i], rows.high[i]].map(say);
        return cells('td', [String(rows.index[i]), clock.format(rows.time[i]), ...numbers, rows.score[i].toFixed(2)]);
      });
      body.replaceChildren(head, ...lines);
    },
  );
};
