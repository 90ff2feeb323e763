import { element, make } from '../../../page/element.js';
import { changed } from '../changed.js';
import type { View } from '../Page.js';
import { serverUrl } from '../serverUrl.js';

/** Links to the lead sensor's rows and to its checkpoint. */
export const exports: View = ({ store }) => {
  const host = element('exports', HTMLElement);
  return changed(
    () => [store.lead],
    () => {
      const sensor = store.lead;
      if (sensor === undefined) return;
      const link = (path: string, text: string) =>
        make('a', { href: serverUrl(path, 'http', { sensor }), download: '' }, text);
      host.replaceChildren(
        link('export.csv', 'Rows as CSV'),
        ' ',
        link('export.checkpoint', 'Checkpoint of the network'),
      );
    },
  );
};
