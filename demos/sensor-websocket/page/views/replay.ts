import { say } from '../../../charts/numbers.js';
import { element, write } from '../../../page/element.js';
import { changed } from '../changed.js';
import type { View } from '../Page.js';

/** Pause and speed of the series that the server replays, where it replays any. */
export const replay: View = ({ store, send }) => {
  const form = element('replay', HTMLFormElement);
  const pause = element('replay-pause', HTMLButtonElement);
  const speed = element('replay-speed', HTMLInputElement);
  const value = element('replay-value', HTMLOutputElement);
  const act = (paused: boolean) =>
    send({ type: 'replay', speed: Number((10 ** Number(speed.value)).toPrecision(2)), paused });
  pause.addEventListener('click', () => act(!store.replay?.paused));
  speed.addEventListener('input', () => act(store.replay?.paused ?? false));
  return changed(
    () => [store.replay],
    () => {
      form.hidden = store.replay === null;
      if (!store.replay) return;
      const { paused } = store.replay;
      write(pause, paused ? 'Go on' : 'Pause replay');
      pause.setAttribute('aria-pressed', String(paused));
      if (document.activeElement !== speed) speed.value = String(Math.log10(store.replay.speed));
      write(value, `${say(store.replay.speed)} rows/s`);
    },
  );
};
