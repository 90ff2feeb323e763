import { percent, say } from '../../../charts/numbers.js';
import { windowScore } from '../../../charts/windowScore.js';
import { changed } from '../changed.js';
import { element } from '../element.js';
import { figures } from '../figures.js';
import type { View } from '../Page.js';

/** How good the forecasts on the chart were, against the last value. */
export const score: View = ({ store }) => {
  const draw = figures(element('score', HTMLDListElement), [
    'Skill over the last value',
    'Mean error',
    'Error of the last value',
    'Inside the band',
    'Since the start',
  ]);
  return changed(
    () => [store.lead, store.history?.version, store.window, store.held, store.channel, store.sensors],
    () => {
      const { rows, summary } = store;
      if (!rows) return;
      const { skill, error, lastValueError, covered } = windowScore(rows);
      const all = summary
        ? `${say(summary.rows)} rows, ${summary.skill === null ? '–' : percent(summary.skill)} skill`
        : '–';
      draw([percent(skill), say(error), say(lastValueError), percent(covered), all]);
    },
  );
};
