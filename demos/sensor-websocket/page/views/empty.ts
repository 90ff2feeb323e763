import { element } from '../../../page/element.js';
import { changed } from '../changed.js';
import type { View } from '../Page.js';
import { sendLines } from './sendLines.js';

/** While no sensor has sent anything the page tells how to send something. */
export const empty: View = ({ store }) => {
  const [board, hint, send] = ['board', 'empty', 'rail'].map((id) => element(id, HTMLElement));
  element('empty-lines', HTMLElement).append(...sendLines());
  element('send-lines', HTMLElement).append(...sendLines());
  return changed(
    () => [store.sensors.length > 0, store.listed],
    () => {
      board.hidden = store.sensors.length === 0;
      send.hidden = store.sensors.length === 0;
      hint.hidden = store.sensors.length > 0 || !store.listed;
    },
  );
};
