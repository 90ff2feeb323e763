import type { ScoredForecast } from './pendingForecasts.js';
import type { Skill } from './skill.js';

/** What one row brought. Lists are [horizon × channels], row-major, and the reader's own; unknown is null. */
export interface ForecastStep {
  /** The row's number, from 1. */
  readonly index: number;
  /** The forecasts of the rows that follow, in the data's units. */
  readonly forecast: readonly number[];
  /** The root mean square error of such forecasts so far, in the data's units; null before the first was scored. */
  readonly rmse: readonly (number | null)[];
  /** With `intervals`: their ends; null until such forecasts have been scored. */
  readonly low?: readonly (number | null)[];
  readonly high?: readonly (number | null)[];
  /** The earlier forecast of this row, made `horizon` rows before it; null for the first `horizon` rows. */
  readonly scored: ScoredForecast | null;
  /** Share of the squared error taken away from the baselines over the last 2,000 rows or so: above 0 is better. */
  readonly skill: Skill;
  /** With `onDrift`: was there a reaction at this row? */
  readonly drift?: boolean;
}
