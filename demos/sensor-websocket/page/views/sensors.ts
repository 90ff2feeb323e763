import { percent, say } from '../../../charts/numbers.js';
import { element, make, write } from '../../../page/element.js';
import type { SensorSummary } from '../../protocol.js';
import { changed } from '../changed.js';
import type { View } from '../Page.js';

const MOST = 40;

/** The picker: every sensor with its newest value; one is in the lead, others can stand beside it. */
export const sensors: View = ({ store, ask }) => {
  const list = element('sensors', HTMLUListElement);
  const find = element('find', HTMLInputElement);
  const more = element('more', HTMLElement);
  const items = new Map<string, Item>();
  find.addEventListener('input', ask);

  const act = (of: 'follow' | 'toggle') => (sensor: string) => {
    store[of](sensor);
    ask();
  };
  return changed(
    () => [store.sensors, store.shown, find.value],
    () => {
      const wanted = find.value.trim().toLowerCase();
      const found = store.sensors.filter(({ sensor }) => sensor.toLowerCase().includes(wanted));
      const listed = found.slice(0, MOST);
      find.hidden = store.sensors.length < 8;
      more.hidden = found.length <= MOST;
      write(more, `${found.length - MOST} more; type a part of a name to find one.`);
      const names = new Set(listed.map(({ sensor }) => sensor));
      for (const [name, item] of items) if (!names.has(name)) items.delete(name) && item.root.remove();
      listed.forEach((summary, place) => {
        const item = items.get(summary.sensor) ?? makeItem(summary.sensor, act('follow'), act('toggle'));
        items.set(summary.sensor, item);
        if (list.children[place] !== item.root) list.insertBefore(item.root, list.children[place] ?? null);
        item.draw(summary, store.lead === summary.sensor, store.shown.includes(summary.sensor));
      });
    },
  );
};

interface Item {
  root: HTMLElement;
  draw(summary: SensorSummary, leads: boolean, shown: boolean): void;
}

function makeItem(sensor: string, follow: (sensor: string) => void, toggle: (sensor: string) => void): Item {
  const value = make('span', { class: 'sensor-value' });
  const facts = make('span', { class: 'sensor-facts' });
  const name = make('span', { class: 'sensor-name' }, sensor);
  const lead = make('button', { type: 'button', class: 'sensor-lead' }, name, value, facts);
  const pin = make('button', { type: 'button', class: 'sensor-pin', 'aria-label': `Show ${sensor} beside the lead` });
  lead.addEventListener('click', () => follow(sensor));
  pin.addEventListener('click', () => toggle(sensor));
  return {
    root: make('li', {}, lead, pin),
    draw(summary, leads, shown) {
      write(value, say(summary.values[0]));
      const learned = summary.frozen ? 'frozen' : `skill ${summary.skill === null ? '–' : percent(summary.skill)}`;
      write(facts, `${learned} · ${say(Number(summary.rowsPerSecond.toPrecision(2)))}/s · ${summary.anomalies} ◆`);
      if (leads) lead.setAttribute('aria-current', 'true');
      else lead.removeAttribute('aria-current');
      pin.hidden = leads;
      pin.setAttribute('aria-pressed', String(shown));
    },
  };
}
