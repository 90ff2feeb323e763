import { element } from '../../../page/element.js';
import type { Heard } from '../../messages.js';
import type { Session } from '../Session.js';

const KEYS: readonly Heard[] = ['dry', 'pedal', 'network'];

/** The switch between dry, pedal and network: by hand, or by the keys 1, 2 and 3. */
export function hear(session: Session): void {
  const inputs = KEYS.map((heard) => element(`hear-${heard}`, HTMLInputElement));
  const choose = (i: number) => {
    inputs[i].checked = true;
    session.hear(KEYS[i]);
  };
  for (const [i, input] of inputs.entries()) input.addEventListener('change', () => choose(i));
  document.addEventListener('keydown', ({ key, target, ctrlKey, metaKey, altKey }) => {
    const i = Number(key) - 1;
    const typing = target instanceof HTMLInputElement && target.type === 'number';
    if (KEYS[i] && !typing && !ctrlKey && !metaKey && !altKey) choose(i);
  });
}
