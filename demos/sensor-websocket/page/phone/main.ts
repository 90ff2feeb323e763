import type { Subscription } from 'rxjs';
import { say } from '../../../charts/numbers.js';
import { followTheme } from '../../../charts/theme.js';
import { element, write } from '../../../page/element.js';
import { serverUrl } from '../serverUrl.js';
import { ingest } from './ingest.js';
import { microphone } from './microphone.js';
import { motion } from './motion.js';

followTheme();

const form = element('form', HTMLFormElement);
const name = element('name', HTMLInputElement);
const start = element('start', HTMLButtonElement);
const state = element('state', HTMLElement);
const sources = { motion, microphone };
let running: Subscription | undefined;
let sent = 0;

name.value = `phone-${Math.random().toString(36).slice(2, 6)}`;
element('insecure', HTMLElement).hidden = isSecureContext;
element('dashboard', HTMLAnchorElement).href = serverUrl('./', 'http');

const stop = (text: string) => {
  running?.unsubscribe();
  running = undefined;
  write(start, 'Start');
  write(state, text);
};

form.addEventListener('submit', (event) => {
  event.preventDefault();
  if (running && !running.closed) return stop('Stopped.');
  const source = new FormData(form).get('source') === 'microphone' ? 'microphone' : 'motion';
  write(start, 'Stop');
  write(state, 'Waiting for the first numbers.');
  running = ingest(serverUrl('ingest', 'ws'), name.value.trim(), sources[source]).subscribe({
    next: (batch) => {
      sent += batch.length;
      write(state, `Sending as ${name.value.trim()}.`);
      write(element('sent', HTMLElement), say(sent));
      write(
        element('newest', HTMLElement),
        batch
          .at(-1)
          ?.values.map((value) => value.toFixed(2))
          .join('  ') ?? '–',
      );
    },
    error: (error: Error) => stop(`${error.message} Press Start to try again.`),
  });
});
