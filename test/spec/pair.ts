import {
  createLearner,
  createModel,
  dense,
  type LearnerOptions,
  lstm,
  mse,
  sgd,
  type Weights,
} from '../../src/index.js';
import { mseReference } from '../../src/nn/losses/mse/reference.js';
import { sgdReference } from '../../src/nn/optimizers/sgd/reference.js';
import { rowsOf } from '../golden/golden.js';
import { rowsOfLayers, specLstm } from './layers.js';
import { createSpecLearner, type SpecWeights } from './learner.js';

/** Named weights as the specification takes them. */
export function specWeights(weights: Weights, layers: number): SpecWeights {
  const rows = (name: string) => {
    const { shape, data } = weights[name];
    return rowsOf({ shape: [...shape], data: [...data] });
  };
  return {
    layers: Array.from({ length: layers }, (_, l) => ({
      weight_ih: rows(`layers.${l}.weight_ih`),
      weight_hh: rows(`layers.${l}.weight_hh`),
      bias_ih: [...weights[`layers.${l}.bias_ih`].data],
      bias_hh: [...weights[`layers.${l}.bias_hh`].data],
    })),
    output: { weight: rows('output.weight'), bias: [...weights['output.bias'].data] },
  };
}

/** The specification's weights in one list, in the order of `flatWeights`. */
export const flatSpec = ({ layers, output }: SpecWeights): number[] => [
  ...rowsOfLayers(layers).flat(),
  ...(output ? [...output.weight.flat(), ...output.bias] : []),
];
export const flatWeights = (weights: Weights): number[] => Object.values(weights).flatMap(({ data }) => [...data]);

export interface PairOptions
  extends Pick<LearnerOptions, 'k1' | 'k2' | 'clipNorm' | 'clipValue' | 'schedule' | 'maxSteps' | 'updateEvery'> {
  input?: number;
  units?: readonly number[];
  outputs?: number;
  rate?: number;
  momentum?: number;
  maxLag?: number;
  seed?: number;
}

/** A learner and the specification of it with equal weights: an LSTM stack, mse, sgd. */
export async function createPair({
  input = 2,
  units = [3],
  outputs = 1,
  rate = 0.1,
  momentum = 0,
  maxLag = 100,
  seed = 5,
  ...options
}: PairOptions) {
  const model = await createModel({ input, layers: units.map((n) => lstm(n)), output: dense(outputs), seed });
  const learner = createLearner(model, { ...options, maxLag, loss: mse, optimizer: sgd(rate, { momentum }) });
  const { maxSteps: _, ...specOptions } = options;
  const spec = createSpecLearner({
    layers: units.map(() => specLstm()),
    weights: specWeights(model.weights(), units.length),
    loss: { of: mseReference },
    optimizer: { rule: sgdReference, options: { lr: rate, momentum } },
    maxLag,
    ...specOptions,
  });
  return { model, learner, spec };
}
