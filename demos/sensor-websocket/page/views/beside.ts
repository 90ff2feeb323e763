import { type ForecastChart, forecastChart } from '../../../charts/forecastChart.js';
import { say } from '../../../charts/numbers.js';
import { element, make, write } from '../../../page/element.js';
import { changed } from '../changed.js';
import type { Page, View } from '../Page.js';

/** The other sensors that are shown, small. */
export const beside: View = (page) => {
  const { store } = page;
  const section = element('beside', HTMLElement);
  const host = element('strips', HTMLElement);
  const strips = new Map<string, Strip>();
  const arrange = changed(
    () => [store.shown],
    () => {
      const others = store.shown.slice(1);
      section.hidden = others.length === 0;
      for (const [sensor, strip] of strips) if (!others.includes(sensor)) strips.delete(sensor) && strip.close();
      for (const sensor of others) {
        const strip = strips.get(sensor) ?? createStrip(page, sensor);
        strips.set(sensor, strip);
        host.append(strip.root);
      }
    },
  );
  return () => {
    arrange();
    for (const { draw } of strips.values()) draw();
  };
};

interface Strip {
  root: HTMLElement;
  draw(): void;
  close(): void;
}

function createStrip({ store, ask }: Page, sensor: string): Strip {
  const lead = make('button', { type: 'button', class: 'strip-name' }, sensor);
  const value = make('span', { class: 'strip-value' });
  const plot = make('div', { class: 'chart chart-strip', role: 'img' });
  const root = make('article', { class: 'strip' }, make('h3', {}, lead), value, plot);
  let chart: ForecastChart | undefined;
  lead.addEventListener('click', () => {
    store.follow(sensor);
    ask();
  });
  return {
    root,
    draw: changed(
      () => [store.historyOf(sensor).version, store.window],
      () => {
        const rows = store.historyOf(sensor).channels[0]?.last(Math.min(store.window, 300));
        if (!rows) return;
        chart ??= forecastChart(plot);
        chart.draw(rows);
        const last = rows.index.length - 1;
        write(value, `${say(rows.value[last])}, ${say(rows.forecast[last])} forecast`);
        plot.setAttribute('aria-label', `Chart of ${sensor}`);
      },
    ),
    close() {
      chart?.close();
      root.remove();
    },
  };
}
