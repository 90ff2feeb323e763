import { describe, expect, it } from 'vitest';
import { type Forecast, type ForecastOptions, forecastStage } from '../../../operators/forecasting/forecast.js';
import { createRandom } from '../../../src/core/random.js';
import { startNetworks } from '../../../src/nn/startNetworks.js';

await startNetworks();
const CHANGE = 1500;

/** Each row turns the last change round; from row 1,500 on it goes on with it, and leaps. */
const random = createRandom(3);
const rows = [0, 1];
for (let t = 2; t < 2200; t++) {
  const last = rows[t - 1] - rows[t - 2];
  rows.push(rows[t - 1] + (t < CHANGE ? -0.8 : 0.6) * last + (t < CHANGE ? 0.3 : 2) * random.normal());
}

function run(values: readonly number[], options: ForecastOptions<number>, cut = values.length): Forecast[] {
  const open = forecastStage<number>({ networks: 1, season: 0, ...options });
  const out: Forecast[] = [];
  const first = open();
  for (const value of values.slice(0, cut)) first.step(value, (step) => out.push(step));
  if (cut === values.length) {
    first.dispose();
    return out;
  }
  const second = open();
  second.restore?.(first.snapshot?.() ?? {});
  first.dispose();
  for (const value of values.slice(cut)) second.step(value, (step) => out.push(step));
  second.dispose();
  return out;
}

describe('forecast with onDrift', () => {
  const plain = run(rows, {});

  it.each(['raiseRate', 'resetOptimizer', 'rollback'] as const)(
    '%s acts once the change has come, not before',
    (react) => {
      const reacting = run(rows, { onDrift: { react } });
      const first = reacting.findIndex(({ drift }) => drift);
      expect(first).toBeGreaterThanOrEqual(CHANGE);
      expect(first).toBeLessThan(CHANGE + 150);
      const forecasts = (steps: Forecast[]) => steps.map((step) => step.forecast[0]);
      expect(forecasts(reacting).slice(0, first)).toEqual(forecasts(plain).slice(0, first));
      expect(forecasts(reacting).slice(first)).not.toEqual(forecasts(plain).slice(first));
    },
  );

  it('hands each network’s learner to a function', () => {
    let called = 0;
    const reacting = run(rows, {
      networks: 2,
      onDrift: {
        react: (learner) => {
          if (learner.counts.updates > 0) called++;
        },
      },
    });
    expect(called).toBeGreaterThanOrEqual(reacting.filter(({ drift }) => drift).length);
    expect(called).toBeGreaterThanOrEqual(1);
  });

  it('goes on bit for bit from a snapshot, in the middle of a raised rate', () => {
    const onDrift = { react: 'raiseRate' } as const;
    const whole = run(rows, { onDrift });
    const first = whole.findIndex(({ drift }) => drift);
    expect(run(rows, { onDrift }, first + 5)).toEqual(whole);
  });

  it('says nothing of drift without it, and names the broken rule at the call', () => {
    expect(plain.every((step) => !('drift' in step))).toBe(true);
    expect(() => forecastStage({ networks: 0, onDrift: { react: 'raiseRate' } })).toThrow('onDrift needs networks');
    expect(() => forecastStage({ onDrift: { react: 'raiseRate', factor: 1 } })).toThrow('forecast: onDrift.factor');
    const loose: (options: object) => unknown = forecastStage; // as plain JavaScript calls it
    expect(() => loose({ onDrift: { react: 'raiseRate', detector: () => ({}) } })).toThrow(
      'forecast: onDrift: detector must be a function that gives step',
    );
  });
});
