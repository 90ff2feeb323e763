import { adam, dense, lstm, mse } from 'rx-eddy/bare';

export const spec = { input: 1, layers: [lstm(8)], output: dense(1), seed: 7 };
export const options = { horizon: 1, k1: 2, k2: 8, loss: mse, optimizer: adam(0.01), handOver: { updates: 4 } };
/** Numbers that float32 has. */
export const sampleAt = (t) => ((t * 5) % 16) / 16;
