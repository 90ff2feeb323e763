import { percent, say } from '../../../charts/numbers.js';
import { windowScore } from '../../../charts/windowScore.js';
import { element } from '../../../page/element.js';
import { changed } from '../changed.js';
import { figures } from '../figures.js';
import type { View } from '../Page.js';

/** How good the forecasts on the chart were, against the last value. */
export const score: View = ({ store }) => {
  const draw = figures(element('score', HTMLDListElement), [
    'Skill over the last value',
    'Mean error',
    'Error of the last value',
    'Inside the interval',
    'Since the start',
  ]);
  return changed(
    () => [store.lead, store.history?.version, store.window, store.held, store.channel, store.sensors],
    () => {
      const { rows, summary, history } = store;
      if (!rows) return;
      const { skill, error, lastValueError, covered } = windowScore(rows);
      const parts = summary ? [`${say(summary.rows)} rows`, `${percent(summary.skill ?? Number.NaN)} skill`] : [];
      if (history?.dropped) parts.push(`${say(history.dropped)} not shown`);
      draw([percent(skill), say(error), say(lastValueError), percent(covered), parts.join(', ')]);
    },
  );
};
