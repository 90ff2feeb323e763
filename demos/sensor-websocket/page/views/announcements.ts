import { element, write } from '../../../page/element.js';
import type { View } from '../Page.js';
import { explain } from '../surprise.js';

const QUIET = 10_000;
const SHOWN = 12_000;

/** Tells a screen reader of lost connections and new anomalies, seldom enough to be heard out; shows what the server refused. */
export const announcements: View = ({ store, ask }) => {
  const line = element('announce', HTMLElement);
  const problem = element('problem', HTMLElement);
  let [spoken, connected, lead, last] = [Number.NEGATIVE_INFINITY, true, store.lead, 0];
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
    const newest = store.history?.alarms.at(-1);
    const before = lead === store.lead ? last : Number.POSITIVE_INFINITY;
    [lead, last] = [store.lead, newest?.point.index ?? 0];
    if (!newest || newest.point.index <= before || performance.now() < spoken + QUIET) return;
    spoken = performance.now();
    write(line, `${store.lead}: anomaly. ${explain(newest.point, store.channel, newest.cause)}`);
    ask();
  };
};
