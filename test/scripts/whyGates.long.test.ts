import { describe, expect, it } from 'vitest';
import {
  addingByCell,
  addingByWindow,
  byDepth,
  copyingByCell,
  exploding,
  LAG,
} from '../../scripts/why-gates/experiments.js';
import { EARLY } from '../../scripts/why-gates/tasks.js';

/** Mean squared error, on the adding problem, of one who remembers nothing: the variance of a sum of two uniform numbers. */
const NOTHING = 1 / 6;

describe('why gates', () => {
  it('on the adding problem, lag 60: LSTM and GRU learn what the plain RNN does not, and their gradient reaches back', async () => {
    const { RNN, LSTM, GRU } = await addingByCell(300);
    expect(RNN.loss).toBeGreaterThan(0.9 * NOTHING);
    expect(LSTM.loss).toBeLessThan(NOTHING / 4);
    expect(GRU.loss).toBeLessThan(NOTHING / 4);
    const faded = ({ byLag }: { byLag: Float64Array }) => byLag[LAG] / byLag[0];
    expect(faded(RNN)).toBeLessThan(1e-3);
    expect(faded(LSTM)).toBeGreaterThan(1e-2);
    expect(faded(GRU)).toBeGreaterThan(1e-2);
  });

  it('on the copy task: LSTM and GRU tell symbols that the plain RNN guesses', async () => {
    const { RNN, LSTM, GRU } = await copyingByCell(300);
    expect(RNN.accuracy).toBeLessThan(0.35);
    expect(LSTM.accuracy).toBeGreaterThan(0.5);
    expect(GRU.accuracy).toBeGreaterThan(0.5);
  });

  it('a window below the lag cannot learn it, one above can', async () => {
    const [below, above] = await addingByWindow(300, [LAG - 4, LAG + EARLY]);
    expect(below.run.loss).toBeGreaterThan(0.9 * NOTHING);
    expect(above.run.loss).toBeLessThan(NOTHING / 4);
  });

  it('a gradient that explodes by lag ends the training; clipped, it stays finite', async () => {
    const [free, clipped] = [await exploding(100, undefined), await exploding(100, 1)];
    expect(free.byLag[LAG] / free.byLag[0]).toBeGreaterThan(30);
    expect(free.failure).toBeDefined();
    expect(clipped.failure).toBeUndefined();
    expect(Number.isFinite(clipped.loss)).toBe(true);
    expect(Number.isFinite(clipped.largestNorm)).toBe(true);
  });

  it('by depth the gradient vanishes under sigmoid units', async () => {
    const { sigmoid, tanh } = await byDepth(8);
    expect(sigmoid[0] / sigmoid[7]).toBeLessThan(1e-3);
    expect(tanh[0] / tanh[7]).toBeGreaterThan(1e-1);
  });
});
