import type { Model } from 'rx-eddy';
import { createRandom } from '../../src/core/random.js';
import { log } from '../../src/math/functions.js';

/**
 * Lets a gated layer start with a memory of up to `lag` samples: the gate that keeps gets the bias ln u, u even from 1 to lag − 1, and the
 * LSTM's input gate its opposite (Tallec & Ollivier 2018, arXiv:1804.11188). A plain layer has no gate to bias and stays as it is.
 */
export function rememberLong(model: Model, lag: number): void {
  const random = createRandom(2);
  const weights = model.weights();
  const { shape, data } = weights['layers.0.bias_ih'];
  const units = weights['layers.0.weight_hh'].shape[1];
  const gates = shape[0] / units;
  const bias = data.slice();
  for (let u = 0; u < units && gates > 1; u++) {
    const keep = log(1 + random.uniform() * (lag - 2));
    // LSTM rows i f g o, GRU rows r z n.
    bias[units + u] = keep;
    if (gates === 4) bias[u] = -keep;
  }
  model.setWeights({ ...weights, 'layers.0.bias_ih': { shape, data: bias } });
}
