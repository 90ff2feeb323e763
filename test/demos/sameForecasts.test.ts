import { beforeAll, describe, expect, it } from 'vitest';
import { createSensorStage } from '../../demos/edge-worker/src/sensorStage.js';
import { Sensor } from '../../demos/sensor-websocket/sensor/sensor.js';
import { type ForecastOptions, forecastStage } from '../../operators/forecasting/forecast.js';
import { createBareRuntime, loadKernels, type Runtime } from '../../src/bare.js';
import { createRandom } from '../../src/core/random.js';
import { createForecastEngineOn } from '../../src/forecast/forecastEngine.js';
import { startNetworks } from '../../src/nn/startNetworks.js';
import { forecast } from '../bin/eddyForecast.js';

let runtime: Runtime;
beforeAll(async () => {
  runtime = createBareRuntime(await loadKernels());
  await startNetworks();
});

const random = createRandom(5);
const values = Array.from({ length: 400 }, (_, t) => 20 + 5 * Math.sin(t / 4) + random.normal());
const table = ['v', ...values, ''].join('\n');

function ofOperator(options: ForecastOptions<number> = {}): (number | undefined)[] {
  const stage = forecastStage<number>(options)();
  const out: (number | undefined)[] = [];
  for (const value of values) stage.step(value, (step) => out.push(step.forecast[step.forecast.length - 1]));
  stage.dispose();
  return out;
}

const ofCommand = (...args: string[]) =>
  forecast(['-', '--column', 'v', ...args], table).lines.map((line) => line.forecast);

function ofDashboard(): number[] {
  const sensor = new Sensor({ runtime }, 'a', 1);
  const out: number[] = [];
  values.forEach((value, t) => {
    const reading = { sensor: 'a', time: t, timed: false, values: Float64Array.of(value), arrived: 0 };
    sensor.step(reading, ({ made }) => out.push(made.next[0]));
  });
  sensor.dispose();
  return out;
}

function ofEdgeWorker(): (number | null)[] {
  const stage = createSensorStage(createForecastEngineOn(runtime, {}, 1));
  const out: (number | null)[] = [];
  for (const value of values) stage.step(value, ({ next }) => out.push(next.forecast));
  stage.dispose();
  return out;
}

describe('the same rows and options', () => {
  it('give the same bits from the operator, the command line, the dashboard and the edge worker', () => {
    const bits = ofOperator();
    expect(bits).toHaveLength(values.length);
    expect(ofCommand()).toEqual(bits);
    expect(ofDashboard()).toEqual(bits);
    expect(ofEdgeWorker()).toEqual(bits);
  });

  it.each<[string, ForecastOptions<number>, string[]]>([
    ['another horizon', { horizon: 4 }, ['--horizon', '4']],
    ['seasons', { season: [25, 50], networks: 0 }, ['--season', '25,50', '--networks', '0']],
    ['other networks', { units: 8, layers: 2, networks: 1 }, ['--units', '8', '--layers', '2', '--networks', '1']],
    [
      'other learning',
      { k1: 2, k2: 4, rate: 0.01, seed: 3 },
      ['--k1', '2', '--k2', '4', '--rate', '0.01', '--seed', '3'],
    ],
  ])('give the same bits from the operator and the command line with %s', (_, options, args) => {
    expect(ofCommand(...args)).toEqual(ofOperator(options));
  });
});
