import { type GateHeatMap, gateHeatMap } from '../../../charts/gateHeatMap.js';
import { element, make } from '../../../page/element.js';
import type { NetworkView } from '../../protocol.js';
import { cellNames, cellStyles } from '../cellStyles.js';
import { changed } from '../changed.js';
import type { View } from '../Page.js';

/** These are σ(·), from 0 to 1; all else is a state or a candidate for one, from −1 to 1. */
const GATES = new Set(['forget', 'input', 'output', 'reset', 'update']);
const ORDER = ['forget', 'input', 'output', 'reset', 'update', 'candidate', 'cell', 'hidden'];

/** Every gate of the three networks, and their states, as heat maps that grow to the right. */
export const gates: View = ({ store }) => {
  const host = element('gates', HTMLElement);
  const columns = new Map(
    cellNames.map((cell) => {
      const maps = make('div', { class: 'gate-maps' });
      host.append(
        make(
          'section',
          { class: `gate-cell cell-${cell}`, 'aria-label': `Gates of the ${cellStyles[cell].name}` },
          make('h3', {}, cellStyles[cell].name),
          make('p', { class: 'note' }, cellStyles[cell].gates),
          maps,
        ),
      );
      return [cell, { host: maps, maps: new Map<string, GateHeatMap>() }];
    }),
  );
  const clear = changed(
    () => [store.lead],
    () => {
      for (const column of columns.values()) {
        for (const map of column.maps.values()) map.close();
        column.maps.clear();
        column.host.replaceChildren();
      }
    },
  );
  const push = changed(
    () => [store.lead, store.history?.labVersion],
    () => {
      for (const network of store.history?.networks?.networks ?? []) {
        const column = columns.get(network.cell);
        if (column) drawNetwork(network, column.host, column.maps);
      }
    },
  );
  return () => {
    clear();
    push();
  };
};

function drawNetwork({ cell, gates }: NetworkView, host: HTMLElement, maps: Map<string, GateHeatMap>): void {
  for (const name of ORDER) {
    const activations = gates[name];
    if (!activations) continue;
    const map = maps.get(name) ?? open(host, name, cellStyles[cell].name);
    maps.set(name, map);
    map.push(activations);
    map.draw();
  }
}

function open(host: HTMLElement, name: string, cell: string): GateHeatMap {
  const canvas = make('canvas', { role: 'img', 'aria-label': `${name} of the ${cell}, over time` });
  host.append(make('figure', { class: 'gate' }, make('figcaption', {}, name), canvas));
  return gateHeatMap(canvas, { kind: GATES.has(name) ? 'gate' : 'state' });
}
