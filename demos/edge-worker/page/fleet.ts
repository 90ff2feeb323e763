import { forecastChart } from '../../charts/forecastChart.js';
import { say } from '../../charts/numbers.js';
import { onFrame } from '../../charts/onFrame.js';
import { readout } from '../../charts/readout.js';
import { followTheme } from '../../charts/theme.js';
import type { Summary } from '../src/summary.js';
import { element } from './element.js';
import { Live } from './live.js';

const SHOWN = 300;

followTheme();
const list = element('sensors', HTMLTableSectionElement);
const none = element('none', HTMLParagraphElement);
const more = element('more', HTMLButtonElement);
const status = element('status', HTMLParagraphElement);
const numbers = readout(element('readout', HTMLDListElement));
let live: Live | undefined;
let chosen: string | undefined;
let pointed: number | undefined;
let next = '';

const chart = forecastChart(element('chart', HTMLElement), {
  onPoint: (place) => {
    pointed = place;
    draw();
  },
});

const draw = onFrame(() => {
  const rows = live?.last(SHOWN);
  if (!rows?.index.length) return;
  chart.draw(rows);
  numbers.draw(rows, Math.min(pointed ?? rows.index.length, rows.index.length - 1));
});

function open(sensor: string): void {
  live?.close();
  chosen = sensor;
  live = new Live(sensor, (words) => {
    if (chosen !== sensor) return;
    status.textContent = words;
    draw();
  });
  mark();
}

function mark(): void {
  for (const button of list.querySelectorAll('button')) {
    button.setAttribute('aria-pressed', String(button.textContent === chosen));
  }
}

function rowOf({ sensor, taken, value, score, at }: Summary): HTMLTableRowElement {
  const row = document.createElement('tr');
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = sensor;
  button.addEventListener('click', () => open(sensor));
  row.insertCell().append(button);
  for (const text of [taken.toLocaleString('en'), say(value), score.toFixed(2), new Date(at).toLocaleTimeString()]) {
    row.insertCell().textContent = text;
  }
  return row;
}

async function show(after: string): Promise<void> {
  const answer: { sensors: Summary[]; next?: string } = await (
    await fetch(`/fleet?after=${encodeURIComponent(after)}`)
  ).json();
  if (after === '') list.replaceChildren();
  list.append(...answer.sensors.map(rowOf));
  next = answer.next ?? '';
  more.hidden = next === '';
  none.hidden = list.rows.length > 0;
  mark();
  if (!chosen && answer.sensors.length > 0) open(answer.sensors[0].sensor);
}

more.addEventListener('click', () => void show(next));
element('again', HTMLButtonElement).addEventListener('click', () => void show(''));
void show('');
