import { FORECAST_DEFAULTS } from 'rx-eddy/operators';
import { CELLS, type Settings } from '../protocol.js';

const { units, k1, k2, rate } = FORECAST_DEFAULTS;

export const DEFAULTS: Settings = { cell: 'lstm', units, k1, k2, learningRate: rate };

const WHOLE = { units: [1, 64], k1: [1, 64], k2: [1, 128] } as const;
const RATE = [1e-5, 0.1] as const;

/** The settings after a change, or in words why they cannot be. */
export function changed(settings: Settings, change: unknown): Settings | string {
  if (typeof change !== 'object' || change === null) return 'settings must be an object';
  const next = { ...settings };
  for (const [name, value] of Object.entries(change)) {
    if (name === 'cell') {
      const cell = CELLS.find((known) => known === value);
      if (!cell) return `cell must be one of ${CELLS.join(', ')}`;
      next.cell = cell;
    } else if (name === 'learningRate') {
      if (!(typeof value === 'number' && value >= RATE[0] && value <= RATE[1]))
        return `learningRate must be from ${RATE[0]} to ${RATE[1]}`;
      next.learningRate = value;
    } else if (name === 'units' || name === 'k1' || name === 'k2') {
      const [least, most] = WHOLE[name];
      if (!(Number.isInteger(value) && Number(value) >= least && Number(value) <= most))
        return `${name} must be a whole number from ${least} to ${most}`;
      next[name] = Number(value);
    } else return 'settings are cell, units, k1, k2 and learningRate';
  }
  return next;
}
