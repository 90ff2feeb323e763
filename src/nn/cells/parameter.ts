import type { Random } from '../../core/random.js';
import { glorotUniform, orthogonal } from '../initializers.js';

/** Where a layer's kernel record points to a parameter. */
export type ParameterSlot = 'W' | 'U' | 'b' | 'b2';

/** A cell's parameter: `gates` rows a unit, of so many columns. */
export interface CellParameter {
  /** Its name in `weights()`, behind the layer's. */
  readonly name: string;
  readonly slot: ParameterSlot;
  /** What its columns stand for: the layer's inputs, its units, or, for a vector, nothing. */
  readonly columns: 'inputs' | 'units' | 'none';
  /** Fresh values, gate by gate, row-major. */
  start(random: Random, size: LayerSize): Float32Array;
}

export interface LayerSize {
  readonly gates: number;
  readonly units: number;
  readonly inputs: number;
}

/** The shape of a parameter in `weights()`. */
export function parameterShape({ columns }: CellParameter, { gates, units, inputs }: LayerSize): readonly number[] {
  const rows = gates * units;
  return columns === 'none' ? [rows] : [rows, columns === 'inputs' ? inputs : units];
}

const stack = (parts: readonly Float64Array[]) => Float32Array.from(parts.flatMap((part) => [...part]));
const eachGate = <T>(gates: number, make: (gate: number) => T) => Array.from({ length: gates }, (_, g) => make(g));

/** W: what comes in, Glorot's for each gate. */
export const inputMatrix = (name: string): CellParameter => ({
  name,
  slot: 'W',
  columns: 'inputs',
  start: (random, { gates, units, inputs }) =>
    stack(eachGate(gates, () => glorotUniform(random, inputs, units, units * inputs))),
});

/** U: what comes back, orthogonal for each gate. */
export const stateMatrix = (name: string): CellParameter => ({
  name,
  slot: 'U',
  columns: 'units',
  start: (random, { gates, units }) => stack(eachGate(gates, () => orthogonal(random, units))),
});

/** A bias: 0, or what `start` says of a gate. */
export const bias = (
  name: string,
  slot: 'b' | 'b2' = 'b',
  start: (gate: number) => number = () => 0,
): CellParameter => ({
  name,
  slot,
  columns: 'none',
  start: (_, { gates, units }) => Float32Array.from({ length: gates * units }, (_, k) => start(Math.floor(k / units))),
});

/** PyTorch's four: W, U, and a bias for each. `start` is the input bias's, by gate. */
export const pytorchParameters = (start?: (gate: number) => number): readonly CellParameter[] => [
  inputMatrix('weight_ih'),
  stateMatrix('weight_hh'),
  bias('bias_ih', 'b', start),
  bias('bias_hh', 'b2'),
];
