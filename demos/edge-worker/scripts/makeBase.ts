// npm run edge:base: what new sensors start from, demos/edge-worker/base.safetensors. Four series of Beijing's weather and air, side by side on
// one network; see data/README.md for where they are from. Prints how well a new sensor does in its first 500 samples, with it and without.
import { writeFileSync } from 'node:fs';
import { createBareRuntime, createModelOn, loadKernels, type Model } from 'rx-eddy/bare';
import { definitionOf, encodeCheckpoint } from 'rx-eddy/checkpoint';
import { NETWORK } from '../src/network.js';
import { createSensorStage } from '../src/sensorStage.js';
import { readSeries, TRANSFORMER } from './series.js';

const SAMPLES = 2_000;
const FIRST = 500;
const FILE = 'demos/edge-worker/base.safetensors';

const runtime = createBareRuntime(await loadKernels());

/** A network whose readout says "no change" until it has learned better. */
function openSilent(): Model {
  const model = createModelOn(runtime, NETWORK);
  const weights = model.weights();
  for (const name of ['output.weight', 'output.bias']) weights[name].data.fill(0);
  model.setWeights(weights);
  return model;
}

/** The share of the last value's absolute error that the forecasts take away over the first samples. */
function skill(values: Float32Array, model: Model): string {
  const stage = createSensorStage(model);
  let error = 0;
  let moved = 0;
  for (const [i, value] of values.slice(0, FIRST).entries()) {
    stage.step(value, ({ forecast }) => {
      if (i === 0 || forecast === null) return;
      error += Math.abs(value - forecast);
      moved += Math.abs(value - values[i - 1]);
    });
  }
  stage.dispose();
  return `${(100 * (1 - error / moved)).toFixed(1)} %`;
}

const series = ['TEMP', 'PRES', 'DEWP', 'pm2.5'].map((column) =>
  readSeries('pm25/beijing-pm25-2010-2014.csv.gz', column),
);
const model = openSilent();
const stages = series.map(() => createSensorStage(model));
for (let t = 0; t < SAMPLES; t++) for (const [k, stage] of stages.entries()) stage.step(series[k][t], () => {});
for (const stage of stages) stage.dispose();
const weights = model.weights();
const file = encodeCheckpoint({ epoch: 1, offset: SAMPLES, definition: definitionOf(NETWORK), weights, state: {} });
writeFileSync(FILE, file);
console.log(
  `${FILE}: ${file.byteLength} bytes\n\nskill over the last value in the first ${FIRST} samples | without | with the base`,
);
const others = ['HUFL', 'MUFL', 'LUFL', 'OT'].map((column) => [TRANSFORMER, column]);
for (const [path, column] of [['nab/nyc_taxi.csv', 'value'], ...others]) {
  const values = readSeries(path, column);
  const trained = createModelOn(runtime, NETWORK);
  trained.setWeights(weights);
  console.log(`${path} ${column}: ${skill(values, openSilent())} | ${skill(values, trained)}`);
}
