import { definitionOf, encodeCheckpoint } from 'rx-eddy/checkpoint';
import type { Sensor } from '../sensor/sensor.js';

/** The rows that are still held, as CSV: one line a row, the channels side by side. */
export function csvOf(sensor: Sensor): string {
  const { history, channels } = sensor;
  const columns = ['value', 'forecast', 'low', 'high'].flatMap((name) =>
    Array.from({ length: channels }, (_, c) => (channels === 1 ? name : `${name}_${c + 1}`)),
  );
  const lines = history.since(1).map(({ index, time, values, forecast, low, high, score, alarm = '' }) => {
    const numbers = [values, forecast, low, high].flatMap((each) => each.map((value) => value ?? ''));
    return [index, new Date(time).toISOString(), ...numbers, score, alarm].join(',');
  });
  return `${['index', 'time', ...columns, 'score', 'alarm'].join(',')}\n${lines.map((line) => `${line}\n`).join('')}`;
}

/** All that the sensor has learned, as one safetensors file; the weights of the chosen network stand under PyTorch's names. */
export function checkpointOf(sensor: Sensor): Uint8Array {
  const { model } = sensor.networks.chosen;
  return encodeCheckpoint({
    epoch: 1,
    offset: sensor.history.count,
    definition: definitionOf(model.spec),
    weights: model.weights(),
    state: sensor.snapshot(),
  });
}
