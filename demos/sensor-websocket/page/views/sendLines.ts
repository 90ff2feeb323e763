import { make } from '../../../page/element.js';
import { serverUrl } from '../serverUrl.js';

/** Ways to send a row, each in a line that can be copied. */
export function sendLines(): HTMLElement[] {
  const socket = serverUrl('ingest', 'ws');
  const lines = {
    curl: `curl ${serverUrl('ingest', 'http')} -d '{"sensor":"mine","values":[21.5]}'`,
    websocat: `while sleep 0.1; do date +'{"sensor":"clock","values":[%S]}'; done | websocat ${socket}`,
    JavaScript: `const s = new WebSocket('${socket}'); s.onopen = () => setInterval(() => s.send(JSON.stringify({ sensor: 'mine', t: Date.now(), values: [Math.sin(Date.now() / 1000)] })), 100)`,
  };
  const shown = Object.entries(lines).map(([tool, line]) => {
    const button = make('button', { type: 'button', class: 'quiet', 'aria-label': `Copy the ${tool} line` }, 'Copy');
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(line);
      button.textContent = 'Copied';
      setTimeout(() => {
        button.textContent = 'Copy';
      }, 2000);
    });
    return make(
      'div',
      { class: 'line' },
      make('h3', {}, tool),
      button,
      make('pre', { tabindex: '0', 'aria-label': `${tool} line` }, make('code', {}, line)),
    );
  });
  const phone = make('a', { href: serverUrl('phone', 'http') }, 'phone page');
  return [
    ...shown,
    make(
      'p',
      { class: 'note' },
      'Or open the ',
      phone,
      ' on a phone: it streams the accelerometer or the microphone’s level.',
    ),
  ];
}
