import { element } from '../../../page/element.js';
import { changed } from '../changed.js';
import type { View } from '../Page.js';
import { cellField, NUMBERS, numberField, rateField } from './settingFields.js';
import { weights } from './weights.js';

/** The network's settings, which act from the next row on; freezing, and copies of the weights to return to. */
export const tuning: View = (page) => {
  const form = element('tuning-form', HTMLFormElement);
  form.addEventListener('submit', (event) => event.preventDefault());
  const fields = [cellField(page), ...NUMBERS.map((field) => numberField(page, field)), rateField(page)];
  const controls = weights(page);
  form.append(...fields.map(({ root }) => root), controls.root);
  return changed(
    () => [page.store.lead, page.store.history?.labVersion],
    () => {
      const networks = page.store.history?.networks;
      if (!networks) return;
      for (const field of fields) field.draw(networks.settings);
      controls.draw(networks);
    },
  );
};
