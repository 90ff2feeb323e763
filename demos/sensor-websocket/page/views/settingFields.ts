import { say } from '../../../charts/numbers.js';
import { make, write } from '../../../page/element.js';
import type { Settings } from '../../protocol.js';
import { cellNames, cellStyles } from '../cellStyles.js';
import type { Page } from '../Page.js';

/** A control and its name; `draw` shows what the server has, unless a person is just at it. */
export interface SettingField {
  root: HTMLElement;
  draw(settings: Settings): void;
}

interface NumberSetting {
  name: 'units' | 'k1' | 'k2';
  label: string;
  hint: string;
  max: number;
}

export const NUMBERS: readonly NumberSetting[] = [
  { name: 'units', label: 'Units', hint: 'a cell', max: 64 },
  { name: 'k1', label: 'k1, update every', hint: 'rows', max: 64 },
  { name: 'k2', label: 'k2, over the last', hint: 'rows', max: 128 },
];

const configure = ({ store, send }: Page, settings: Partial<Settings>) => {
  if (store.lead !== undefined) send({ type: 'configure', sensor: store.lead, settings });
};

const idle = (control: Element) => document.activeElement !== control;

/** Whose forecasts the chart shows. */
export function cellField(page: Page): SettingField {
  const choices = cellNames.map((cell) => {
    const radio = make('input', { type: 'radio', name: 'cell', value: cell, id: `cell-${cell}` });
    radio.addEventListener('change', () => configure(page, { cell }));
    return { cell, radio, label: make('label', { for: radio.id, class: `cell-${cell}` }, cellStyles[cell].name) };
  });
  const parts = choices.flatMap(({ radio, label }) => [radio, label]);
  return {
    root: make(
      'fieldset',
      { class: 'field choice' },
      make('legend', {}, 'Cell that forecasts'),
      make('div', { class: 'segments' }, ...parts),
    ),
    draw({ cell: chosen }) {
      for (const { cell, radio } of choices) radio.checked = cell === chosen;
    },
  };
}

export function numberField(page: Page, { name, label, hint, max }: NumberSetting): SettingField {
  const input = make('input', {
    type: 'number',
    id: name,
    min: '1',
    max: String(max),
    step: '1',
    required: '',
    'aria-describedby': `${name}-hint`,
  });
  input.addEventListener('change', () => {
    if (input.reportValidity()) configure(page, { [name]: input.valueAsNumber });
  });
  return {
    root: make(
      'p',
      { class: 'field' },
      make('label', { for: name }, label),
      input,
      make('small', { id: `${name}-hint` }, hint),
    ),
    draw(settings) {
      if (idle(input)) input.value = String(settings[name]);
    },
  };
}

/** Adam's step, by powers of ten. */
export function rateField(page: Page): SettingField {
  const range = make('input', { type: 'range', id: 'rate', min: '-5', max: '-1', step: '0.1' });
  const value = make('output', { for: 'rate' });
  const show = (rate: number) => {
    write(value, say(rate));
    range.setAttribute('aria-valuetext', say(rate));
  };
  const chosen = () => Number((10 ** range.valueAsNumber).toPrecision(2));
  range.addEventListener('input', () => show(chosen()));
  range.addEventListener('change', () => configure(page, { learningRate: chosen() }));
  return {
    root: make('p', { class: 'field field-wide' }, make('label', { for: 'rate' }, 'Learning rate'), range, value),
    draw({ learningRate }) {
      if (!idle(range)) return;
      range.value = String(Math.log10(learningRate));
      show(learningRate);
    },
  };
}
