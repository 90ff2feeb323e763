import { element } from '../../../page/element.js';
import { serverUrl } from '../serverUrl.js';

/** Asks for the token where the server wants one and this page has none, or a wrong one. */
export async function tokenForm(): Promise<void> {
  const answer = await fetch(serverUrl('sensors', 'http')).catch(() => undefined);
  if (answer?.status !== 401) return;
  const form = element('token-form', HTMLFormElement);
  form.hidden = false;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const url = new URL(location.href);
    url.searchParams.set('token', element('token', HTMLInputElement).value);
    location.href = url.href;
  });
}
