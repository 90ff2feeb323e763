import { element } from '../../../page/element.js';
import { decodePedal, encodePedal } from '../pedalFile.js';
import type { Session } from '../Session.js';
import { download } from './download.js';

/** Saves what has been learned, and loads what was learned before. */
export function files(session: Session): void {
  const save = element('save', HTMLButtonElement);
  const load = element('load', HTMLInputElement);
  session.source.subscribe(() => {
    save.disabled = session.rig === undefined;
  });
  save.addEventListener('click', () => {
    const { rig } = session;
    if (rig) download('pedal.safetensors', encodePedal(rig.network, rig.context.sampleRate));
  });
  load.addEventListener('change', () => {
    const [file] = load.files ?? [];
    load.value = '';
    if (file) void session.attempt(() => use(session, file));
  });
}

async function use(session: Session, file: File): Promise<void> {
  const { network, sampleRate, shape } = decodePedal(new Uint8Array(await file.arrayBuffer()));
  const rig = await session.open();
  if (shape) {
    rig.learn(shape.cell, shape.units, network);
    session.shape.next(shape);
  } else rig.load(network);
  session.learns.next(rig.learns);
  const rate = rig.context.sampleRate;
  if (sampleRate !== undefined && sampleRate !== rate)
    session.problem.next(
      `${file.name} was learned at ${sampleRate} Hz and this page plays at ${rate} Hz: it will sound a little different.`,
    );
  else if (!shape) session.problem.next(`${file.name} plays, but a network of its shape is not learned on here.`);
}
