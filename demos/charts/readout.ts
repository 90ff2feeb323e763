import type { Columns } from './ForecastRows.js';
import { say } from './numbers.js';

export interface Readout {
  /** Says the numbers of one of the rows. */
  draw(rows: Columns, place: number): void;
}

const PARTS = [
  ['actual', 'Actual'],
  ['forecast', 'Forecast'],
  ['interval', '90 % interval'],
  ['score', 'Anomaly score'],
] as const;

const clock = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });

/** A forecast chart's key and the numbers of one row in one: each line of the list has its mark (`key-actual`, …), name and value. */
export function readout(list: HTMLDListElement): Readout {
  const values = [...PARTS, ['time', 'At'] as const].map(([kind, name]) => {
    const [group, term, value] = [
      document.createElement('div'),
      document.createElement('dt'),
      document.createElement('dd'),
    ];
    group.className = `key key-${kind}`;
    term.textContent = name;
    group.append(term, value);
    list.append(group);
    return value;
  });
  return {
    draw(rows, place) {
      if (place < 0 || place >= rows.index.length) return;
      const interval = Number.isFinite(rows.low[place]) ? `${say(rows.low[place])} to ${say(rows.high[place])}` : '–';
      const texts = [
        say(rows.value[place]),
        say(rows.forecast[place]),
        interval,
        rows.score[place].toFixed(2),
        clock.format(rows.time[place]),
      ];
      texts.forEach((text, i) => {
        if (values[i].textContent !== text) values[i].textContent = text;
      });
    },
  };
}
