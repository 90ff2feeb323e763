const RATE = 1 / 2000;
/** Where a baseline was all but exact, how much worse eddy was means nothing more. */
const WORST = -1e9;

/** Baselines that forecasts are held against, and predictions of the base forecasters at the same time. */
export type Skill = {
  /** Share of the squared error taken away, 1 − MSE / MSE of the best of them: above 0 is better than all. 0 before the first score. */
  readonly best: number;
  readonly lastValue: number;
  readonly seasonalNaive: number;
  readonly lags: number;
};

/** Running squared errors of eddy and its baselines, over some 2,000 rows, all in typical changes. */
export class RunningSkill {
  /** Rows, then the errors of eddy, last value, short season, long season, lags. */
  readonly state = new Float64Array(6);

  learn(errors: Float64Array): void {
    const { state } = this;
    const rate = Math.max(1 / ++state[0], RATE);
    for (let i = 0; i < 5; i++) state[i + 1] += rate * (errors[i] - state[i + 1]);
  }

  read(): Skill {
    const [, own, last, short, long, lags] = this.state;
    const against = (other: number) => (other > 0 ? Math.max(WORST, 1 - own / other) : 0);
    const seasonal = Math.min(short, long);
    return {
      best: against(Math.min(last, seasonal, lags)),
      lastValue: against(last),
      seasonalNaive: against(seasonal),
      lags: against(lags),
    };
  }
}
