const RATE = 1 / 2000; // a memory of some 2,000 rows
const TRUSTED = 50; // rows before a deviation is good enough to clip by
const PATIENCE = 32; // rows beyond the clip for it to double

/**
 * Running means and deviations that an outlier cannot blow up, `count` of them side by side. The rate is
 * a = max(1/(t+1), 1/2000); a deviation from the mean is clipped to `clip` spreads once 50 values have come. Values that
 * stay beyond the clip widen it, doubling every 32, so that a new level is believed in the end.
 *
 * With `centred` false the mean stays 0: the deviation is then the root of the mean square.
 */
export class RunningScales {
  /** Per scale: mean, variance, values seen, values beyond the clip on end. */
  readonly state: Float64Array;
  readonly #clip: number;
  readonly #centred: boolean;

  constructor(count: number, clip: number, centred: boolean) {
    this.state = new Float64Array(count * 4);
    this.#clip = clip;
    this.#centred = centred;
  }

  mean(i: number): number {
    return this.state[i * 4];
  }

  /** 0 while the values have not varied beyond rounding. */
  deviation(i: number): number {
    const s = Math.sqrt(this.state[i * 4 + 1]);
    return s > 1e-9 * Math.abs(this.state[i * 4]) && s > 1e-100 ? s : 0;
  }

  trusted(i: number): boolean {
    return this.state[i * 4 + 2] > TRUSTED;
  }

  learn(i: number, value: number): void {
    const { state } = this;
    const at = i * 4;
    const rate = Math.max(1 / (state[at + 2] + 1), RATE);
    let delta = value - state[at];
    if (state[at + 2] >= TRUSTED) {
      const s = this.deviation(i);
      const bound = this.#clip * s * (state[at + 3] < PATIENCE ? 1 : widening(state[at + 3]));
      if (s > 0 && Math.abs(delta) > bound) {
        delta = delta > 0 ? bound : -bound;
        state[at + 3]++;
      } else state[at + 3] = 0;
    }
    if (this.#centred) state[at] += rate * delta;
    state[at + 1] = (1 - rate) * (state[at + 1] + rate * delta * delta);
    state[at + 2]++;
  }
}

function widening(run: number): number {
  let factor = 1;
  for (let r = Math.min(run, 60 * PATIENCE); r >= PATIENCE; r -= PATIENCE) factor *= 2;
  return factor;
}
