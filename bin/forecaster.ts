import { EddyError } from '../src/errors.js';
import { openLearner } from '../src/learner/learner.js';
import { mse } from '../src/losses/mse/index.js';
import type { Model } from '../src/model/model.js';
import { openMomentScaler } from '../src/online/scaler.js';
import { adam } from '../src/optimizers/adam/index.js';
import { snapshotRecord } from '../src/snapshotRecord.js';
import type { Stage } from '../src/stage.js';

/** One value of the series, as it was read. */
export interface Observation {
  index: number;
  time: string | null;
  value: number;
}

/** What is said at one row. */
export interface Forecast extends Observation {
  /** Made at this row for `horizon` rows ahead. */
  forecast: number;
  /** What was forecast for this row; null at the start. */
  expected: number | null;
  /** value − expected. */
  error: number | null;
}

export interface ForecasterOptions {
  horizon: number;
  k1: number;
  k2: number;
  rate: number;
  /** Rows in a season, or 0. */
  season: number;
}

/** Numbers that the network sees of each row: level, last change, and the change that followed one season ago. */
export const FEATURES = 3;

const RATE = 1 / 2000;
const CLIP = 4;
const clip = (x: number) => Math.max(-CLIP, Math.min(CLIP, x));

/**
 * Forecasts a series row by row with a network that learns online. It predicts the CHANGE from the last value in units of the running
 * deviation of such changes: by value, an online network would spend its time learning the level and lose to the last value.
 */
export function openForecaster(
  model: Model,
  { horizon, k1, k2, rate, season }: ForecasterOptions,
): Stage<Observation, Forecast> {
  const learner = openLearner(model, { k1, k2, loss: mse, optimizer: adam(rate), clipNorm: 1, maxLag: horizon });
  const level = openMomentScaler({ rate: RATE });
  const step = openMomentScaler({ rate: RATE });
  const ahead = openMomentScaler({ rate: RATE });
  const kept = season + horizon + 1;
  const values = new Float64Array(kept);
  const forecasts = new Float64Array(kept);
  const units = new Float64Array(kept);
  const features = new Float32Array(FEATURES);
  const one = new Float64Array(1);
  const learnFrom = (scaler: typeof level, value: number) => {
    one[0] = value;
    scaler.learn(one);
  };
  // Changes are around zero by nature: only their deviation is used.
  const unitOf = (scaler: typeof level) => scaler.inverse(1, 0) - scaler.inverse(0, 0);
  let rows = 0;
  return {
    step({ index, time, value }, emit) {
      const at = (lag: number) => values[(rows - lag) % kept];
      values[rows % kept] = value;
      learnFrom(level, value);
      if (rows > 0) learnFrom(step, value - at(1));
      if (rows >= horizon) learnFrom(ahead, value - at(horizon));
      const unit = ahead.count > 1 ? unitOf(ahead) : 0;
      features[0] = clip(level.scale(value, 0));
      features[1] = rows > 0 ? clip((value - at(1)) / unitOf(step)) : 0;
      features[2] = season > 0 && rows >= season && unit > 0 ? clip((at(season - horizon) - at(season)) / unit) : 0;
      const { output } = learner.step(features);
      const forecast = value + unit * output[0];
      const expected = rows >= horizon ? forecasts[(rows - horizon) % kept] : null;
      const unitThen = rows >= horizon ? units[(rows - horizon) % kept] : 0;
      if (unitThen > 0) learner.label(rows + 1 - horizon, clip((value - at(horizon)) / unitThen));
      forecasts[rows % kept] = forecast;
      units[rows % kept] = unit;
      rows++;
      emit({ index, time, value, forecast, expected, error: expected === null ? null : value - expected });
    },
    snapshot: () => ({
      learner: learner.snapshot(),
      level: level.snapshot(),
      step: step.snapshot(),
      ahead: ahead.snapshot(),
      values: values.slice(),
      forecasts: forecasts.slice(),
      units: units.slice(),
      rows,
    }),
    restore(from) {
      for (const [name, array] of Object.entries({ values, forecasts, units })) {
        const kept = from[name];
        if (!(kept instanceof Float64Array) || kept.length !== array.length) throw foreign(name);
        array.set(kept);
      }
      if (typeof from.rows !== 'number') throw foreign('rows');
      rows = from.rows;
      level.restore(snapshotRecord('forecaster', 'level', from.level));
      step.restore(snapshotRecord('forecaster', 'step', from.step));
      ahead.restore(snapshotRecord('forecaster', 'ahead', from.ahead));
      learner.restore(snapshotRecord('forecaster', 'learner', from.learner));
    },
    dispose: () => learner.dispose(),
  };
}

const foreign = (name: string) =>
  new EddyError('invalid-state', `forecaster: '${name}' is not of a forecaster with these options; begin another file`);
