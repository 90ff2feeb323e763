import { say } from '../../../charts/numbers.js';
import { make, write } from '../../../page/element.js';
import type { Networks, ViewerMessage } from '../../protocol.js';
import type { Page } from '../Page.js';

/** Freeze, keep a copy of the weights, and go back to one. */
export function weights({ store, send }: Page): { root: HTMLElement; draw(networks: Networks): void } {
  const button = (text: string) => make('button', { type: 'button' }, text);
  const [freeze, keep, back] = [button('Freeze learning'), button('Snapshot weights'), button('Roll back')];
  const copies = make('select', { id: 'copies' });
  let frozen = false;
  let known = '';

  const act = (message: (sensor: string) => ViewerMessage) => () => {
    if (store.lead !== undefined) send(message(store.lead));
  };
  freeze.addEventListener(
    'click',
    act((sensor) => ({ type: 'freeze', sensor, frozen: !frozen })),
  );
  keep.addEventListener(
    'click',
    act((sensor) => ({ type: 'snapshot', sensor })),
  );
  back.addEventListener(
    'click',
    act((sensor) => ({ type: 'rollBack', sensor, snapshot: Number(copies.value) })),
  );

  const rollBack = make(
    'span',
    { class: 'joined' },
    make('label', { for: 'copies', class: 'unseen' }, 'Snapshot to roll back to'),
    copies,
    back,
  );
  rollBack.hidden = true;
  return {
    root: make('div', { class: 'field weights' }, freeze, keep, rollBack),
    draw(networks) {
      frozen = networks.frozen;
      write(freeze, frozen ? 'Learn again' : 'Freeze learning');
      freeze.setAttribute('aria-pressed', String(frozen));
      rollBack.hidden = networks.snapshots.length === 0;
      const ids = networks.snapshots.map(({ id }) => id).join();
      if (ids === known) return;
      known = ids;
      copies.replaceChildren(
        ...networks.snapshots
          .map(({ id, rows }) => make('option', { value: String(id) }, `at row ${say(rows)}`))
          .reverse(),
      );
    },
  };
}
