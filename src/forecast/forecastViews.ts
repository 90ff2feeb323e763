import type { Clock } from '../stats/clock.js';
import type { History } from '../stats/history.js';
import type { RunningScales } from '../stats/runningScales.js';
import type { LagFeatures } from './lagFeatures.js';
import type { Profile } from './profile.js';

/** What the base forecasters of all channels look at. */
export interface ForecastViews {
  readonly history: History;
  readonly clock: Clock;
  readonly levels: RunningScales;
  /** Changes over 1 … horizon rows, by channel. */
  readonly moves: RunningScales;
  readonly profile: Profile;
  readonly features: LagFeatures;
}
