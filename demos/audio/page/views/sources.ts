import piano from '../../../../data/audio/piano_phrase_44k1_mono.wav?url';
import { element } from '../../../page/element.js';
import type { Session } from '../Session.js';
import { loop, openMicrophone } from '../Source.js';

/** The buttons that say what sounds. */
export function sources(session: Session): void {
  const stop = element('stop', HTMLButtonElement);
  const open = element('open', HTMLInputElement);
  element('play', HTMLButtonElement).addEventListener('click', () =>
    session.play(async ({ context }) => {
      const answer = await fetch(piano);
      if (!answer.ok) throw new Error(`The piano could not be fetched (${answer.status}); open a sound of your own.`);
      return loop(context, 'piano', await context.decodeAudioData(await answer.arrayBuffer()));
    }),
  );
  element('microphone', HTMLButtonElement).addEventListener('click', () =>
    session.play(({ context }) => openMicrophone(context)),
  );
  open.addEventListener('change', () => {
    const [file] = open.files ?? [];
    open.value = '';
    if (file)
      void session.play(async ({ context }) =>
        loop(context, file.name, await context.decodeAudioData(await file.arrayBuffer())),
      );
  });
  stop.addEventListener('click', () => session.stop());
  session.source.subscribe((source) => {
    stop.disabled = source === undefined;
  });
}
