import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createBareRuntime, gru, loadKernels, type Runtime } from '../../src/bare.js';
import { createForecastEngineOn } from '../../src/forecast/forecastEngine.js';
import { FORECAST_OPTIONS, type ForecastEngineOptions } from '../../src/forecast/options.js';
import { root } from '../house/sources.js';

let runtime: Runtime;
beforeAll(async () => {
  runtime = createBareRuntime(await loadKernels());
});

const row = (t: number) => [10 + Math.sin(t / 3), t % 4 === 1 ? Number.NaN : (t * 7) % 5];

describe('the forecast engine', () => {
  it('scores each forecast when its row has come: the one made `horizon` rows before', () => {
    using engine = createForecastEngineOn(undefined, { horizon: 3, networks: 0 });
    const steps = Array.from({ length: 60 }, (_, t) => engine.step(row(t)));
    steps.forEach(({ index, scored, rmse }, t) => {
      expect(index).toBe(t + 1);
      if (t < 3) expect(scored).toBeNull();
      else {
        const earlier = steps[t - 3].forecast.slice(4);
        const error = row(t).map((value, c) => (Number.isNaN(value) ? null : value - earlier[c]));
        expect(scored).toEqual({ forecast: earlier, error });
      }
      // Of channel 0, a forecast so many rows ahead is scored first by the row after as many.
      expect([rmse[0], rmse[2], rmse[4]].map((error) => error === null)).toEqual([t < 1, t < 2, t < 3]);
    });
  });

  it('survives JSON: lists are lists, and what is unknown is null', () => {
    using engine = createForecastEngineOn(undefined, { horizon: 2, networks: 0, intervals: {} });
    const steps = [5, 6, 7].map((value) => engine.step(value));
    expect(JSON.parse(JSON.stringify(steps))).toEqual(steps);
    expect(steps[0]).toMatchObject({ rmse: [null, null], low: [null, null], high: [null, null], scored: null });
  });

  it.each<[string, ForecastEngineOptions]>([
    ['a cell', { cell: gru }],
    ['units and layers', { units: 8, layers: 2 }],
    ['k1 and k2', { k1: 4, k2: 16 }],
    ['a rate', { rate: 1e-2 }],
    ['a seed', { seed: 2 }],
    ['the number of networks', { networks: 1 }],
  ])('forecasts otherwise with %s', (_, options) => {
    using usual = createForecastEngineOn(runtime, {});
    using other = createForecastEngineOn(runtime, options);
    const last = (engine: typeof usual) => Array.from({ length: 80 }, (_, t) => engine.step(row(t))).pop()?.forecast;
    expect(last(other)).not.toEqual(last(usual));
  });

  it('goes on bit for bit from a snapshot, and takes back what another width had', () => {
    using whole = createForecastEngineOn(runtime, { horizon: 2, intervals: {} });
    using part = createForecastEngineOn(runtime, { horizon: 2, intervals: {} });
    part.step([1, 2, 3]);
    for (let t = 0; t < 70; t++) whole.step(row(t));
    part.restore(whole.snapshot());
    for (let t = 70; t < 90; t++) expect(part.step(row(t))).toEqual(whole.step(row(t)));
  });

  it('changes no weight while it is frozen', () => {
    using engine = createForecastEngineOn(runtime, {}, 2);
    const weights = () => engine.models.map((model) => model.weights());
    for (let t = 0; t < 20; t++) engine.step(row(t));
    const before = weights();
    engine.frozen = true;
    for (let t = 20; t < 40; t++) engine.step(row(t));
    expect(weights()).toEqual(before);
    engine.frozen = false;
    for (let t = 40; t < 60; t++) engine.step(row(t));
    expect(weights()).not.toEqual(before);
  });

  it('gives back what it took of the heap, and refuses rows after that', () => {
    const before = runtime.heap.bytesInUse;
    const engine = createForecastEngineOn(runtime, {}, 1);
    expect(runtime.heap.bytesInUse).toBeGreaterThan(before);
    engine.dispose();
    engine.dispose();
    expect(runtime.heap.bytesInUse).toBe(before);
    expect(() => engine.step(1)).toThrow('forecast: the engine must be open, it was disposed');
  });

  it('names a broken rule at the call', () => {
    const create: (options: object) => unknown = (options) => createForecastEngineOn(runtime, options);
    expect(() => create({ horizon: '24' })).toThrow('got the text "24"');
    expect(() => create({ horizons: 24 })).toThrow('did you mean "horizon"?');
    expect(() => create({ season: [1, 2, 3] })).toThrow('season must be one number or two');
    expect(() => createForecastEngineOn(undefined)).toThrow('networks must have a runtime');
  });

  it('has each option and its default on its page', () => {
    const page = readFileSync(join(root, 'docs/operators/forecast.md'), 'utf8');
    for (const [name, declaration] of Object.entries(FORECAST_OPTIONS)) {
      const line = page.split('\n').find((text) => text.startsWith('|') && text.includes(`\`${name}\``));
      expect(line, name).toBeDefined();
      if (typeof declaration.default === 'number') expect(line, name).toContain(String(declaration.default));
    }
  });
});
