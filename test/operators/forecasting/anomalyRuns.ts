import { readFileSync } from 'node:fs';
import {
  type Anomaly,
  type DetectAnomaliesOptions,
  detectAnomaliesStage,
} from '../../../operators/forecasting/detectAnomalies.js';
import { createRandom } from '../../../src/core/random.js';
import { LagForecaster } from '../../../src/forecast/lagForecaster.js';

export type Value = number | null;
/** Forecasts by eight lags: quick. */
export const boxless = { forecaster: () => new LagForecaster() };
export const lags: DetectAnomaliesOptions<Value> = boxless;

export const run = <In>(samples: readonly In[], options?: DetectAnomaliesOptions<In>): Anomaly[] => {
  const stage = detectAnomaliesStage(options)();
  const out: Anomaly[] = [];
  for (const sample of samples) stage.step(sample, (anomaly) => out.push(anomaly));
  stage.dispose();
  return out;
};
export const alarms = (rows: readonly Anomaly[]) => rows.filter(({ alarm }) => alarm).map(({ index }) => index);
export const noise = (length: number, seed: number) => {
  const random = createRandom(seed);
  return Array.from({ length }, () => random.normal());
};
export const series = (name: string) =>
  readFileSync(new URL(`../../../data/nab/${name}`, import.meta.url), 'utf8')
    .trim()
    .split(/\r?\n/)
    .slice(1)
    .map((line) => line.split(','))
    .map(([stamp, value]) => ({ stamp, time: Date.parse(`${stamp.replace(' ', 'T')}Z`), value: Number(value) }));
