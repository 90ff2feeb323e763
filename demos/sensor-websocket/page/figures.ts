import { make, write } from '../../page/element.js';

/** Numbers with their names, in a list of terms; returns what writes the numbers. */
export function figures(list: HTMLDListElement, names: readonly string[]): (values: readonly string[]) => void {
  const places = names.map((name) => {
    const value = make('dd');
    list.append(make('div', {}, make('dt', {}, name), value));
    return value;
  });
  return (values) => {
    places.forEach((place, i) => {
      write(place, values[i] ?? '–');
    });
  };
}
