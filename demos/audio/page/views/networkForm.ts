import { element, make } from '../../../page/element.js';
import type { Session } from '../Session.js';
import { segments } from './segments.js';

const CELLS: { readonly [cell: string]: string } = { rnn: 'RNN', lstm: 'LSTM', gru: 'GRU' };
const isCell = (name: string) => Object.hasOwn(CELLS, name);
const UNITS = [8, 12, 16, 20, 24, 32, 40, 48, 64];

/** Cell and size, which begin anew, and the learner's pause. */
export function networkForm(session: Session): void {
  const form = element('network', HTMLFormElement);
  form.addEventListener('submit', (event) => event.preventDefault());
  const { cell, units } = session.shape.value;
  const choice = segments('Cell (starts afresh)', 'cell', CELLS, cell, (name) => {
    if (isCell(name)) session.reshape(name, session.shape.value.units);
  });
  const size = make('select', { id: 'units' }, ...UNITS.map((n) => make('option', { value: String(n) }, `${n} units`)));
  size.value = String(units);
  size.addEventListener('change', () => session.reshape(session.shape.value.cell, Number(size.value)));
  const pause = make('button', { type: 'button', id: 'pause', 'aria-pressed': 'false' }, 'Pause learning');
  pause.addEventListener('click', () => session.pause(!session.paused.value));
  session.paused.subscribe((paused) => pause.setAttribute('aria-pressed', String(paused)));
  session.learns.subscribe((learns) => {
    pause.disabled = !learns;
  });
  session.shape.subscribe((shape) => {
    const radio = choice.querySelector<HTMLInputElement>(`#cell-${shape.cell}`);
    if (radio) radio.checked = true;
    if (!UNITS.includes(shape.units) && ![...size.options].some(({ value }) => value === String(shape.units)))
      size.append(make('option', { value: String(shape.units) }, `${shape.units} units`));
    size.value = String(shape.units);
  });
  form.append(choice, make('div', { class: 'field' }, make('label', { for: 'units' }, 'Size'), size), pause);
}
