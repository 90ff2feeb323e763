import { soundModel } from 'rx-eddy/audio';
import { definitionOf } from 'rx-eddy/checkpoint';
import { element, make, write } from '../../../page/element.js';
import type { FromLearner } from '../../messages.js';
import { encodePedal } from '../pedalFile.js';
import { checkPair, readWav, type Wav } from '../readWav.js';
import type { Session } from '../Session.js';
import { download } from './download.js';

/** Two files, dry and wet: learned as fast as it goes, and the pedal to take away. */
export function pairFiles(session: Session): void {
  const drop = element('drop', HTMLDivElement);
  const input = element('pair', HTMLInputElement);
  const take = (files: Iterable<File>) => void session.attempt(() => learnPair(session, [...files]));
  input.addEventListener('change', () => {
    const chosen = [...(input.files ?? [])];
    input.value = '';
    take(chosen);
  });
  for (const name of ['dragenter', 'dragover'] as const)
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.add('over');
    });
  for (const name of ['dragleave', 'drop'] as const) drop.addEventListener(name, () => drop.classList.remove('over'));
  drop.addEventListener('drop', (event) => {
    event.preventDefault();
    take(event.dataTransfer?.files ?? []);
  });
}

async function learnPair(session: Session, files: readonly File[]): Promise<void> {
  const [dry, wet] = await readPair(files);
  const rig = await session.open();
  const { cell, units } = session.shape.value;
  const { sampleRate } = dry;
  const length = dry.samples.length;
  const progress = element('progress', HTMLProgressElement);
  const learned = element('learned', HTMLParagraphElement);
  progress.hidden = false;
  progress.value = 0;
  const done = await new Promise<Extract<FromLearner, { type: 'learned' }>>((resolve, reject) => {
    const learner = rig.createLearner({ cell, units, sampleRate, length }, (message) => {
      if (message.type === 'report') {
        progress.value = message.samples / length;
        const at = `${(message.samples / sampleRate).toFixed(1)} of ${(length / sampleRate).toFixed(1)} s`;
        write(learned, `${at}, ESR ${message.ratio.toPrecision(2)}, ${message.timesRealTime.toFixed(1)} × real time`);
      } else if (message.type === 'learned') {
        learner.close();
        resolve(message);
      } else if (message.type === 'failed') {
        learner.close();
        reject(new Error(message.message));
      }
    });
    learner.learn({ dry: dry.samples, wet: wet.samples });
  }).finally(() => {
    progress.hidden = true;
  });
  const network = { definition: definitionOf(soundModel({ cell, units })), weights: done.weights };
  rig.learn(cell, units, network);
  rig.pause(true);
  session.pause(true);
  const save = make('button', { type: 'button', id: 'save-pair' }, 'Save it');
  save.addEventListener('click', () => download('pedal.safetensors', encodePedal(network, sampleRate)));
  learned.replaceChildren(
    `Learned from ${dry.name} and ${wet.name}, ESR ${done.ratio.toPrecision(2)}. It plays now. `,
    save,
  );
}

/** @throws Error that says which files are needed */
async function readPair(files: readonly File[]): Promise<[dry: Wav, wet: Wav]> {
  const wetFile = files.find(({ name }) => /wet/i.test(name));
  const dryFile = files.find(({ name }) => /dry/i.test(name));
  if (files.length !== 2 || !wetFile || !dryFile || wetFile === dryFile)
    throw new Error(
      `Two files are needed, one with “dry” and one with “wet” in its name; got ${files.map(({ name }) => name).join(', ') || 'none'}.`,
    );
  const [dry, wet] = [await readWav(dryFile), await readWav(wetFile)];
  checkPair(dry, wet);
  return [dry, wet];
}
