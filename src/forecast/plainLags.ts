import { clamp } from '../stats/clamp.js';
import { DelayedRls } from '../stats/delayedRls.js';
import type { History } from '../stats/history.js';
import type { OpenCovariance } from '../stats/rls/covariance.js';
import type { RunningScales } from '../stats/runningScales.js';

const CLIP = 5;

/** RLS on a channel's own last values and nothing else: a baseline, and an expert that learns fast. */
export class PlainLags {
  readonly rls: DelayedRls;
  readonly lags: number;

  /** @param lags values that are read, the newest included */
  constructor(lags: number, horizon: number, huber?: number, open?: OpenCovariance) {
    this.lags = lags;
    this.rls = new DelayedRls({
      inputs: lags + 1,
      horizon,
      forgetting: 0.9995,
      prior: 0.1,
      open,
      ...(huber === undefined ? {} : { huber }),
    });
  }

  write(index: number, c: number, base: number, history: History, levels: RunningScales): void {
    const { lags } = this;
    const { inputs } = this.rls;
    const at = this.rls.slot(index);
    const s = levels.deviation(c);
    const inverse = s > 0 ? 1 / s : 0;
    for (let back = 1; back < lags; back++) {
      inputs[at + back - 1] = history.has(back) ? clamp((history.at(c, back) - base) * inverse, CLIP) : 0;
    }
    inputs[at + lags - 1] = clamp((base - levels.mean(c)) * inverse, CLIP);
    inputs[at + lags] = 1;
  }
}
