import { numpyRandom, pythonRandom } from './mersenneTwister.js';

/** The examples in the documentation of its detectors: a thousand of 0 and 1, then of 4 … 7. */
export function exampleStream(): number[] {
  const random = pythonRandom(12345);
  return [...random.choices([0, 1], 1000), ...random.choices([4, 5, 6, 7], 1000)];
}

/** tests/drift/test_drift_detectors.py, data_stream_1: a thousand of 0 and 1, then of 0 … 7. */
export function wideningStream(): number[] {
  const random = numpyRandom(12345);
  return [...random.integers(2, 1000), ...random.integers(8, 1000)];
}

/** The same file, data_stream_3: rates of 0.5, 0.99, 0.5, 0.99, for 500 rows each. */
export function ratesStream(): number[] {
  const random = numpyRandom(12345);
  return [0, 0.25, 0, 0.25].flatMap((mean) => random.normals(mean, 0.1, 500)).map((x) => Number(x > 0));
}

/** river/drift/test_adwin_regression.py, test_multiple_drifts. */
export function turnsStream(): number[] {
  const random = pythonRandom(42);
  return [0, 1, 2, 3].flatMap((part) => random.choices(part % 2 === 0 ? [0, 1] : [4, 5, 6, 7], 1000));
}
