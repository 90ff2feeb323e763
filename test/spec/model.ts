import type { Model, StateRecord, Weights } from '../../src/index.js';
import type { NamedArrays, ReferenceState } from '../../src/nn/cells/reference.js';
import { zeros } from '../../src/nn/optimizers/reference.js';
import { rowsOf } from '../golden/golden.js';
import { rowsOfLayers, type SpecLayer } from './layers.js';
import type { SpecWeights } from './learner.js';

/** The float64 layers that a model's own are held to. */
export const specLayersOf = (model: Model): SpecLayer[] =>
  model.layers.map(({ cell, options }) => cell.reference(options));

/** A model's weights as the references take them. */
export function specWeightsOf(model: Model, weights: Weights = model.weights()): SpecWeights {
  const matrix = (name: string) => rowsOf({ shape: [...weights[name].shape], data: [...weights[name].data] });
  const vector = (name: string) => [...weights[name].data];
  const layers = model.layers.map(
    ({ name, cell }): NamedArrays =>
      Object.fromEntries(
        cell.parameters.map((parameter) => {
          const full = `${name}.${parameter.name}`;
          return [parameter.name, parameter.columns === 'none' ? vector(full) : matrix(full)];
        }),
      ),
  );
  if (!('output.weight' in weights)) return { layers };
  return { layers, output: { weight: matrix('output.weight'), bias: vector('output.bias') } };
}

/** All numbers of the weights, in the order of `model.weights()`. */
export const flatWeights = ({ layers, output }: SpecWeights): number[] => [
  ...rowsOfLayers(layers).flat(),
  ...(output ? [...output.weight.flat(), ...output.bias] : []),
];
export const flatTensors = (weights: Weights): number[] => Object.values(weights).flatMap(({ data }) => [...data]);

/** A state of one row as the references take it, and all its numbers. */
export const specStateOf = (model: Model, state: StateRecord): ReferenceState[] =>
  model.layers.map(({ name, cell }) => ({
    h: [...state[`${name}.h`]],
    ...(cell.cellState && { c: [...state[`${name}.c`]] }),
  }));
export const flatState = (states: ReferenceState[]): number[] => states.flatMap(({ h, c }) => [...h, ...(c ?? [])]);
export const flatRecord = (state: StateRecord): number[] => Object.values(state).flatMap((data) => [...data]);

/** Samples through a stack without a readout, and the gradients of Σ dy·y + Σ dState·state back to everything that was read. */
export function unroll(
  layers: SpecLayer[],
  weights: NamedArrays[],
  xs: number[][],
  start: ReferenceState[],
  dys: number[][],
  dEnd: ReferenceState[],
) {
  let state = start;
  const passes = xs.map((x) => {
    let signal = x;
    const steps = layers.map((layer, l) => {
      const step = layer.run(weights[l], signal, state[l]);
      signal = step.state.h;
      return step;
    });
    state = steps.map((step) => step.state);
    return { steps, y: signal };
  });
  let gradients = zeros(flatWeights({ layers: weights }).length);
  const dState = [...dEnd];
  const dx: number[][] = [];
  for (let t = xs.length - 1; t >= 0; t--) {
    let dh = dys[t];
    const own: NamedArrays[] = [];
    for (let l = layers.length - 1; l >= 0; l--) {
      const later = dState[l];
      const g = passes[t].steps[l].backward({ ...later, h: later.h.map((d, u) => d + dh[u]) });
      dState[l] = g.state;
      dh = g.x;
      own[l] = g.weights;
    }
    dx.unshift(dh);
    const flat = flatWeights({ layers: own });
    gradients = gradients.map((sum, i) => sum + flat[i]);
  }
  return { ys: passes.map(({ y }) => y), state, gradients, dx, dState };
}
