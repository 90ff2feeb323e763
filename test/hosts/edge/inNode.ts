import { createBareRuntime, loadKernels } from 'rx-eddy/bare';
import { type Anomaly, createForecastEngineOn } from 'rx-eddy/operators';
import { createSensorStage } from '../../../demos/edge-worker/src/sensorStage.js';

/** What a sensor says of these values, one after the other, computed in this process. */
export async function inNode(values: Iterable<number>) {
  const engine = createForecastEngineOn(createBareRuntime(await loadKernels()), {}, 1);
  const stage = createSensorStage(engine);
  const rows: Anomaly[] = [];
  for (const value of values) stage.step(value, (row) => rows.push(row));
  const weights = engine.models[0].weights();
  stage.dispose();
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
