import { Clock } from '../../stats/clock.js';
import { History } from '../../stats/history.js';
import { carryForward, type ForecastModel, type ForecastShape } from '../forecastModel.js';
import { SeasonFinder, type Seasons } from '../seasonFinder.js';
import { copySeasonal, putSeasonal } from './seasonalState.js';

const LEVEL = 0.3;
const TREND = 0.03;
const SEASON = 0.3;

/**
 * Additive Holt–Winters exponential smoothing (Winters 1960, Management Science 6(3)) on the short season, with fixed rates:
 * level 0.3, trend 0.03, season 0.3. Holt's linear trend while there is no season.
 */
export function createHoltWinters({ channels, horizon }: ForecastShape, seasons?: Seasons): ForecastModel {
  const clock = new Clock();
  const history = new History(channels, 64);
  const finder = new SeasonFinder(history, clock, seasons);
  const last = new Float64Array(channels);
  const level = new Float64Array(channels);
  const trend = new Float64Array(channels);
  const started = new Float64Array(channels);
  const forecast = new Float64Array(horizon * channels);
  let offsets = new Float64Array(channels * Math.max(1, clock.short));
  /** The newest row's number. */
  const newest = Float64Array.of(-1);

  /** The place of the row `ahead` of the newest in channel c's season. */
  const place = (c: number, ahead: number) =>
    c * Math.max(1, clock.short) + ((newest[0] + ahead) % Math.max(1, clock.short));
  const learn = (c: number, y: number) => {
    if (started[c] === 0) {
      level[c] = y;
      started[c] = 1;
    }
    const before = level[c];
    const at = place(c, 0);
    level[c] = LEVEL * (y - offsets[at]) + (1 - LEVEL) * (before + trend[c]);
    trend[c] = TREND * (level[c] - before) + (1 - TREND) * trend[c];
    if (clock.short > 1) offsets[at] = SEASON * (y - level[c]) + (1 - SEASON) * offsets[at];
  };

  const ownAt = (short: number) => {
    if (offsets.length !== channels * Math.max(1, short)) offsets = new Float64Array(channels * Math.max(1, short));
    return [last, level, trend, started, forecast, newest, offsets];
  };
  const parts = { history, clock, finder, own: ownAt };
  return {
    forecast,
    step(row, time) {
      newest[0]++;
      carryForward(row, last);
      history.push(last);
      if (finder.step(time)) offsets = new Float64Array(channels * Math.max(1, clock.short));
      for (let c = 0; c < channels; c++) {
        if (!Number.isNaN(row[c])) learn(c, row[c]);
        for (let ahead = 1; ahead <= horizon; ahead++) {
          forecast[(ahead - 1) * channels + c] = level[c] + ahead * trend[c] + offsets[place(c, ahead)];
        }
      }
    },
    snapshot: () => copySeasonal(parts),
    restore: (from) => putSeasonal(parts, from, 'holtWinters'),
  };
}
