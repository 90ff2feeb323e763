import { element, write } from '../../../page/element.js';
import type { Connection, Status } from '../connection.js';
import type { Page } from '../Page.js';

const texts: Readonly<Record<Status, string>> = {
  connecting: 'Connecting',
  connected: 'Live',
  disconnected: 'Disconnected, trying again',
};

/** Says whether the page is connected; while it is not, its controls are off. */
export function status(connection: Connection, { store, ask }: Page): void {
  const line = element('status', HTMLElement);
  const text = element('status-text', HTMLElement);
  connection.status.subscribe((now) => {
    line.dataset.status = now;
    document.documentElement.dataset.status = now;
    write(text, texts[now]);
    store.connected = now === 'connected';
    for (const form of [element('replay', HTMLFormElement), element('tuning-form', HTMLFormElement)])
      for (const control of form.elements) control.toggleAttribute('disabled', now !== 'connected');
    ask();
  });
}
