import { make } from '../../../page/element.js';

/** A choice of a few, as buttons side by side. */
export function segments(
  legend: string,
  name: string,
  labels: { readonly [value: string]: string },
  chosen: string,
  choose: (value: string) => void,
): HTMLFieldSetElement {
  const row = make('div', { class: 'segments' });
  for (const [value, label] of Object.entries(labels)) {
    const id = `${name}-${value}`;
    const input = make('input', { type: 'radio', id, name, value });
    input.checked = value === chosen;
    input.addEventListener('change', () => choose(value));
    row.append(input, make('label', { for: id }, label));
  }
  return make('fieldset', { class: 'field' }, make('legend', {}, legend), row);
}
