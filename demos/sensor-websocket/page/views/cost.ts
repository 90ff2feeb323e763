import { histogram } from '../../../charts/histogram.js';
import { say } from '../../../charts/numbers.js';
import { element, make, write } from '../../../page/element.js';
import { cellNames, cellStyles } from '../cellStyles.js';
import { changed } from '../changed.js';
import { figures } from '../figures.js';
import type { View } from '../Page.js';

/** What the server's work takes: rows, heap, latency; and each network's step times. */
export const cost: View = ({ store }) => {
  const host = element('steps', HTMLElement);
  const whirl = element('whirl', SVGElement);
  let turn = 0;
  const writeLoad = figures(element('load', HTMLDListElement), [
    'Rows a second',
    'Heap',
    'Frame in to forecast out',
    'Sensors',
    'Viewers',
    'Dropped',
  ]);
  const charts = cellNames.map((cell) => {
    const median = make('span');
    const plot = make('div', {
      class: 'chart chart-steps',
      role: 'img',
      'aria-label': `Step times of the ${cellStyles[cell].name}`,
    });
    host.append(
      make(
        'figure',
        { class: `cell-${cell}` },
        make('figcaption', {}, make('b', {}, cellStyles[cell].name), ' ', median),
        plot,
      ),
    );
    return { cell, median, chart: histogram(plot, cellStyles[cell].colour) };
  });
  const drawLoad = changed(
    () => [store.load],
    () => {
      const { load } = store;
      if (!load) return;
      turn += 30;
      whirl.style.setProperty('--turn', `${turn}deg`);
      writeLoad([
        say(load.rowsPerSecond),
        `${(load.heapBytes / 2 ** 20).toFixed(1)} MiB`,
        `half in ${brief(load.latency.p50)} ms, 99 % in ${brief(load.latency.p99)} ms`,
        say(load.sensors),
        say(load.viewers),
        say(load.dropped),
      ]);
    },
  );
  const drawSteps = changed(
    () => [store.lead, store.history?.labVersion],
    () => {
      for (const { cell, median, chart } of charts) {
        const stepTime = store.history?.networks?.networks.find((network) => network.cell === cell)?.stepTime;
        if (!stepTime) continue;
        chart.draw(stepTime.bounds, stepTime.counts);
        write(median, `half of the rows within ${say(medianBound(stepTime.bounds, stepTime.counts))} µs`);
      }
    },
  );
  return () => {
    drawLoad();
    drawSteps();
  };
};

const brief = (ms: number) => say(Number(ms.toPrecision(2)));

/** The upper bound of the bin that holds the median. */
function medianBound(bounds: readonly number[], counts: readonly number[]): number {
  const half = counts.reduce((sum, count) => sum + count, 0) / 2;
  let seen = 0;
  const bin = counts.findIndex((count) => {
    seen += count;
    return seen > 0 && seen >= half;
  });
  return bounds[bin] ?? Number.POSITIVE_INFINITY;
}
