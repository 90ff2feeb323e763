import { readFileSync } from 'node:fs';
import { createBareRuntime, createModelOn, loadKernels } from 'rx-eddy/bare';
import { decodeCheckpoint } from 'rx-eddy/checkpoint';
import type { Anomaly } from 'rx-eddy/operators';
import { NETWORK } from '../../../demos/edge-worker/src/network.js';
import { createSensorStage } from '../../../demos/edge-worker/src/sensorStage.js';

/** What a sensor says of these values, one after the other, computed in this process. */
export async function inNode(values: Iterable<number>) {
  const base = decodeCheckpoint(readFileSync('demos/edge-worker/base.safetensors'));
  const model = createModelOn(createBareRuntime(await loadKernels()), NETWORK);
  model.setWeights(base.weights);
  const stage = createSensorStage(model);
  const rows: Anomaly[] = [];
  for (const value of values) stage.step(value, (row) => rows.push(row));
  const weights = model.weights();
  stage.dispose();
  model.dispose();
  const column = <T>(of: (row: Anomaly) => T) => rows.map(of);
  return {
    weights,
    answers: {
      value: [...values],
      forecast: column(({ next }) => next.forecast),
      low: column(({ next }) => next.low),
      high: column(({ next }) => next.high),
      score: column(({ score }) => score),
      alarm: column(({ alarm }) => alarm),
    },
  };
}
