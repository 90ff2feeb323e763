import { Clock } from '../../stats/clock.js';
import { History } from '../../stats/history.js';
import { carryForward, type ForecastModel, type ForecastShape } from '../forecastModel.js';
import { seasonalLag } from '../lagFeatures.js';
import { SeasonFinder, type Seasons } from '../seasonFinder.js';
import { copySeasonal, putSeasonal } from './seasonalState.js';

/**
 * What comes is what was seen a season before; the last value while there is no season, or not a whole one yet.
 *
 * @param which the short season (0, the default) or the long one (1)
 */
export function createSeasonalNaive(
  { channels, horizon }: ForecastShape,
  seasons?: Seasons,
  which: 0 | 1 = 0,
): ForecastModel {
  const clock = new Clock();
  const history = new History(channels, 64);
  const finder = new SeasonFinder(history, clock, seasons);
  const last = new Float64Array(channels);
  const forecast = new Float64Array(horizon * channels);
  const season = () => (which === 0 ? clock.short : clock.long);
  history.grow(season() + horizon + 1);
  const parts = { history, clock, finder, own: () => [last, forecast] };
  return {
    forecast,
    step(row, time) {
      carryForward(row, last);
      history.push(last);
      if (finder.step(time)) history.grow(season() + horizon + 1);
      for (let ahead = 1; ahead <= horizon; ahead++) {
        const back = seasonalLag(season(), ahead);
        for (let c = 0; c < channels; c++) {
          forecast[(ahead - 1) * channels + c] = history.at(c, history.has(back) ? back : 0);
        }
      }
    },
    snapshot: () => copySeasonal(parts),
    restore: (from) => putSeasonal(parts, from, 'seasonalNaive'),
  };
}
