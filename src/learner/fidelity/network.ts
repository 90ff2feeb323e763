import type { NamedArrays, ReferenceState } from '../../nn/cells/reference.js';
import type { Model } from '../../nn/model/model.js';
import { denseReference } from '../../nn/readouts/dense/reference.js';

/** A step of the whole network in float64. The state is one flat list: every layer's h, then its c. */
export interface ReferencePass {
  readonly state: number[];
  readonly output: number[];
  /** What a loss on logits reads; the output where there is no readout. */
  readonly logits: number[];
  /**
   * From ∂ℓ/∂logits (or ∂ℓ/∂output) and ∂ℓ/∂(state after the step) to ∂ℓ/∂(state before it) and by all parameters, in the order of
   * `model.weights()`. `hidden`: ∂ℓ/∂h of each layer after the step, all paths counted.
   */
  backward(given: { logits?: number[]; output?: number[]; state: number[] }): {
    state: number[];
    parameters: number[];
    hidden: number[][];
  };
}

export interface ReferenceNetwork {
  /** Numbers in the flat state. */
  readonly stateSize: number;
  readonly parameters: number;
  step(x: number[], state: number[]): ReferencePass;
}

/**
 * The float64 references of a model's cells and readout, joined into its network, with its weights of now. Over 60 lines: a pass forward and
 * its way back share every name.
 */
export function createReferenceNetwork(model: Model): ReferenceNetwork {
  const { layers, embedding } = model;
  const { output, skip } = model.spec;
  const weights = model.weights();
  const list = (name: string) => Array.from(weights[name].data);
  const rows = (name: string) => {
    const width = weights[name].shape[1];
    const flat = list(name);
    return Array.from({ length: flat.length / width }, (_, r) => flat.slice(r * width, (r + 1) * width));
  };
  const cells = layers.map(({ cell, options, name }) => {
    const reference = cell.reference(options);
    const own: NamedArrays = Object.fromEntries(
      cell.parameters.map(({ name: part, columns }) => {
        const full = `${name}.${part}`;
        return [part, columns === 'none' ? list(full) : rows(full)];
      }),
    );
    return { run: (x: number[], state: ReferenceState) => reference.run(own, x, state) };
  });
  const table = embedding && rows('layers.0.weight');
  const readout = output && { weight: rows('output.weight'), bias: list('output.bias') };
  const sizes = layers.map(({ cell, units }) => units * (cell.cellState ? 2 : 1));
  const starts = sizes.map((_, l) => sizes.slice(0, l).reduce((sum, n) => sum + n, 0));
  const part = (flat: number[], l: number): ReferenceState => {
    const { units } = layers[l];
    const [h, c] = [flat.slice(starts[l], starts[l] + units), flat.slice(starts[l] + units, starts[l] + sizes[l])];
    return c.length > 0 ? { h, c } : { h };
  };
  const flatten = (states: ReferenceState[]) => states.flatMap(({ h, c = [] }) => [...h, ...c]);
  return {
    stateSize: sizes.reduce((sum, n) => sum + n, 0),
    parameters: model.block.parameters.reduce((sum, { places }) => sum + places.length, 0),
    step(x, state) {
      let signal = table ? table[x[0]] : x;
      const passes = cells.map((cell, l) => {
        const pass = cell.run(signal, part(state, l));
        signal = pass.state.h;
        return pass;
      });
      const dense = readout && denseReference.forward(readout, signal, output.activation);
      const skipped = (values: number[]) => (skip ? values.map((value, i) => value + x[i]) : values);
      return {
        state: flatten(passes.map((pass) => pass.state)),
        output: skipped(dense?.output ?? signal),
        logits: skipped(dense?.logits ?? signal),
        backward(given) {
          const none = signal.map(() => 0);
          const back = (() => {
            if (!readout || !dense) return undefined;
            if (given.logits) return denseReference.backwardLogits(readout, dense, given.logits);
            return denseReference.backward(readout, dense, given.output ?? dense.output.map(() => 0));
          })();
          let above = back?.x ?? given.output ?? given.logits ?? none;
          const hidden: number[][] = [];
          const before: ReferenceState[] = [];
          const perLayer: number[][] = [];
          for (let l = cells.length - 1; l >= 0; l--) {
            const later = part(given.state, l);
            hidden[l] = later.h.map((d, u) => d + above[u]);
            const gradients = passes[l].backward({ ...later, h: hidden[l] });
            before[l] = gradients.state;
            above = gradients.x;
            perLayer[l] = layers[l].cell.parameters.flatMap(({ name }) => gradients.weights[name].flat());
          }
          const ofTable = table ? table.flatMap((row, symbol) => (symbol === x[0] ? above : row.map(() => 0))) : [];
          const ofReadout = back ? [...back.weights.weight.flat(), ...back.weights.bias] : [];
          return { state: flatten(before), parameters: [...ofTable, ...perLayer.flat(), ...ofReadout], hidden };
        },
      };
    },
  };
}
