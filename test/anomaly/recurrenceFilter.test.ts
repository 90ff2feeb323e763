import { describe, expect, it } from 'vitest';
import { detectAnomaliesStage } from '../../operators/forecasting/detectAnomalies.js';
import { RecurrenceFilter } from '../../src/anomaly/recurrenceFilter.js';

const HOUR = 3_600_000;
const RARE = 6; // the count of an alarm

describe('what came at this half-hour of the day before', () => {
  it('is known, unless it is twice as rare', () => {
    const recurrenceFilter = new RecurrenceFilter();
    expect(recurrenceFilter.knows(10 * HOUR, 2, RARE)).toBe(false);
    expect(recurrenceFilter.knows(34 * HOUR, 2, RARE)).toBe(true);
    expect(recurrenceFilter.knows(58 * HOUR, 0.9, RARE)).toBe(false);
  });

  it('is not known at another hour, nor after two days', () => {
    const recurrenceFilter = new RecurrenceFilter();
    recurrenceFilter.knows(10 * HOUR, 2, RARE);
    expect(recurrenceFilter.knows(35 * HOUR, 2, RARE)).toBe(false);
    expect(recurrenceFilter.knows(58 * HOUR, 2, RARE)).toBe(false);
  });

  it('is one event, however many rows of the half-hour it takes', () => {
    const recurrenceFilter = new RecurrenceFilter();
    recurrenceFilter.knows(10 * HOUR, 2, RARE);
    expect(recurrenceFilter.knows(10.3 * HOUR, 2, RARE)).toBe(false);
    recurrenceFilter.knows(34 * HOUR, 2, RARE);
    expect(recurrenceFilter.knows(34.3 * HOUR, 2, RARE)).toBe(true);
  });

  it('keeps a job at the same hour from being an alarm every day: at most two, in the first three days', () => {
    const stage = detectAnomaliesStage<number>({
      value: (t) => (t % 96 < 3 ? 40 + (t % 7) / 7 : 10 + (t % 3) / 10),
      time: (t) => Date.UTC(2024, 0, 1) + t * 900_000,
    })();
    const days: number[] = [];
    for (let t = 0; t < 96 * 60; t++) {
      stage.step(t, ({ alarm }) => {
        if (alarm) days.push(Math.floor(t / 96));
      });
    }
    stage.dispose();
    const first = days.filter((day) => day >= 1);
    expect(first.length).toBeLessThanOrEqual(2);
    expect(first.every((day) => day <= 3)).toBe(true);
  });
});
