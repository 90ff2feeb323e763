import { element, make } from '../../../page/element.js';
import { knobs as first, type Knobs, type PedalName, pedals } from '../../dsp/pedals.js';
import type { Session } from '../Session.js';
import { segments } from './segments.js';

interface Knob {
  readonly name: keyof Knobs;
  readonly label: string;
  readonly from: number;
  readonly to: number;
  readonly say: (value: number) => string;
  /** The pedal that has it; left out: both. */
  readonly of?: PedalName;
}

const milliseconds = (seconds: number) => `${(1000 * seconds).toFixed(0)} ms`;
const KNOBS: readonly Knob[] = [
  { name: 'drive', label: 'Drive', from: 1, to: 30, say: (x) => `× ${x.toFixed(1)}` },
  { name: 'tone', label: 'Tone', from: 500, to: 12000, say: (x) => `${(x / 1000).toFixed(1)} kHz` },
  { name: 'level', label: 'Level', from: 0.1, to: 1, say: (x) => `× ${x.toFixed(2)}` },
  { name: 'threshold', label: 'Threshold', from: 0.02, to: 0.5, say: (x) => x.toFixed(2), of: 'squash' },
  { name: 'attack', label: 'Attack', from: 0.001, to: 0.02, say: milliseconds, of: 'squash' },
  { name: 'release', label: 'Release', from: 0.01, to: 0.2, say: milliseconds, of: 'squash' },
];
const NAMES: { readonly [name in PedalName]: string } = { distortion: 'Distortion', squash: 'Squash' };
const isPedal = (name: string): name is PedalName => Object.hasOwn(pedals, name);

/** Which pedal is to be learned, and its knobs; each goes in equal ratios, as ears do. */
export function knobForm(session: Session): void {
  const form = element('pedal', HTMLFormElement);
  form.addEventListener('submit', (event) => event.preventDefault());
  const choice = segments('Pedal', 'pedal', NAMES, session.pedal.name, (name) => {
    if (!isPedal(name)) return;
    session.turn({ ...session.pedal, name });
    show();
  });
  const rows = KNOBS.map((knob) => {
    const { name, label, from, to, say } = knob;
    const id = `knob-${name}`;
    const input = make('input', { id, type: 'range', min: '0', max: '1', step: '0.005' });
    input.value = String(Math.log(first[name] / from) / Math.log(to / from));
    const output = make('output', { for: id }, say(first[name]));
    input.addEventListener('input', () => {
      const value = from * (to / from) ** Number(input.value);
      session.turn({ ...session.pedal, knobs: { ...session.pedal.knobs, [name]: value } });
      output.textContent = say(value);
    });
    return { knob, root: make('div', { class: 'knob' }, make('label', { for: id }, label), input, output) };
  });
  const show = () => {
    for (const { knob, root } of rows) root.hidden = knob.of !== undefined && knob.of !== session.pedal.name;
  };
  form.append(choice, ...rows.map(({ root }) => root));
  show();
}
