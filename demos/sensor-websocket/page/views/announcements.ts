import { element, write } from '../../../page/element.js';
import { explain } from '../explainAnomaly.js';
import type { View } from '../Page.js';

const QUIET = 10_000;
const SHOWN = 12_000;

/** Tells a screen reader of lost connections and new anomalies, seldom enough to be heard out; shows what the server refused. */
export const announcements: View = ({ store, ask }) => {
  const line = element('announce', HTMLElement);
  const problem = element('problem', HTMLElement);
  let [spoken, connected] = [Number.NEGATIVE_INFINITY, true];
  let hide: ReturnType<typeof setTimeout> | undefined;

  return () => {
    if (store.problem !== undefined) {
      write(problem, store.problem);
      problem.hidden = false;
      store.problem = undefined;
      clearTimeout(hide);
      hide = setTimeout(() => {
        problem.hidden = true;
      }, SHOWN);
    }
    if (connected !== store.connected) {
      connected = store.connected;
      write(line, connected ? 'Connected.' : 'The connection is lost; trying again.');
    }
    const { news } = store;
    store.news = undefined;
    if (!news || performance.now() < spoken + QUIET) return;
    spoken = performance.now();
    write(line, `${store.lead}: anomaly. ${explain(news.point, store.channel, news.cause)}`);
    ask();
  };
};
