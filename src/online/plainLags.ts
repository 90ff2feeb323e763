import { clamp } from './clamp.js';
import { DelayedRls } from './delayedRls.js';
import type { History } from './history.js';
import type { RunningScales } from './runningScales.js';

const LAGS = 24;
const CLIP = 5;

/** RLS on a channel's own last 24 values and nothing else: a baseline, and an expert that learns fast. */
export class PlainLags {
  readonly rls: DelayedRls;

  constructor(horizon: number) {
    this.rls = new DelayedRls({ inputs: LAGS + 1, horizon, forgetting: 0.9995, prior: 0.1 });
  }

  write(index: number, c: number, history: History, levels: RunningScales): void {
    const { inputs } = this.rls;
    const at = this.rls.slot(index);
    const s = levels.deviation(c);
    const inverse = s > 0 ? 1 / s : 0;
    const y = history.at(c, 0);
    for (let back = 1; back < LAGS; back++) {
      inputs[at + back - 1] = history.has(back) ? clamp((history.at(c, back) - y) * inverse, CLIP) : 0;
    }
    inputs[at + LAGS - 1] = clamp((y - levels.mean(c)) * inverse, CLIP);
    inputs[at + LAGS] = 1;
  }
}
