import { copyState, putState } from '../../stats/arrayState.js';
import { History } from '../../stats/history.js';
import { RunningScales } from '../../stats/runningScales.js';
import { numberOf } from '../../stats/state.js';
import { carryForward, type ForecastModel, type ForecastShape } from '../forecastModel.js';
import { PlainLags } from '../plainLags.js';

const LAGS = 48;

/**
 * Recursive least squares on each channel's own last 48 values, all horizons directly: the baseline that much of the
 * published online-forecasting literature does not beat. Values are scaled online; a target is learned from when it has come.
 */
export function createRlsOnLags({ channels, horizon }: ForecastShape): ForecastModel {
  const history = new History(channels, LAGS + horizon + 1);
  const levels = new RunningScales(channels, 4, true);
  const lags = Array.from({ length: channels }, () => new PlainLags(LAGS, horizon, Number.MAX_VALUE));
  const last = new Float64Array(channels);
  const forecast = new Float64Array(horizon * channels);
  /** Deviation (0: nothing to learn) and value of the last horizon + 1 rows. */
  const origins = new Float64Array((horizon + 1) * channels * 2);
  let index = -1;

  const originOf = (row: number, c: number) => ((row % (horizon + 1)) * channels + c) * 2;
  const learn = (c: number, y: number) => {
    for (let ahead = 1; ahead <= horizon && ahead <= index; ahead++) {
      const o = originOf(index - ahead, c);
      const s = origins[o];
      if (s > 0) lags[c].rls.learn(index - ahead, ahead, (y - origins[o + 1]) / s);
    }
    levels.learn(c, y);
  };

  const state = () => [history.values, levels.state, last, forecast, origins, ...lags.flatMap(({ rls }) => rls.state)];
  return {
    forecast,
    step(row) {
      index++;
      carryForward(row, last);
      history.push(last);
      for (let c = 0; c < channels; c++) {
        const seen = !Number.isNaN(row[c]);
        if (seen) learn(c, row[c]);
        const s = levels.deviation(c);
        const o = originOf(index, c);
        origins[o] = seen ? s : 0;
        origins[o + 1] = last[c];
        lags[c].write(index, c, last[c], history, levels);
        if (seen && s > 0) lags[c].rls.excite(index);
        for (let ahead = 1; ahead <= horizon; ahead++) {
          forecast[(ahead - 1) * channels + c] = last[c] + s * lags[c].rls.predict(index, ahead);
        }
      }
    },
    snapshot: () => ({ index, ...copyState(state()) }),
    restore(from) {
      const at = numberOf('rlsOnLags', from, 'index');
      putState(state(), from, 'rlsOnLags');
      index = at;
      history.count = at + 1;
    },
  };
}
