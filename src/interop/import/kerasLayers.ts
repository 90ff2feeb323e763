import { formOf } from '../../checkpoint/definition.js';
import { invalidFile } from '../../checkpoint/invalidFile.js';
import type { WeightTensor } from '../../checkpoint/weights.js';
import type { Cell } from '../../nn/cells/cell.js';
import { reorderGates, transpose } from '../matrix.js';
import type { ReadoutPart, RecurrentPart } from './assemble.js';

/** A recurrent layer's weights as Keras has them: kernel [in, G·H], recurrent kernel [H, G·H], bias [G·H] or, of a GRU, [2, 3·H]. */
export interface KerasRecurrent {
  readonly kernel: WeightTensor;
  readonly recurrentKernel: WeightTensor;
  readonly bias?: WeightTensor | undefined;
  readonly activation?: string | undefined;
  /** Of a GRU: where no bias tells it. */
  readonly resetAfter?: boolean | undefined;
}

/**
 * Turns a Keras layer into PyTorch's layout. A single bias becomes `bias_ih`; a GRU's two rows become both. A GRU's bias tells whether the
 * reset gate is applied after the product with U (two rows) or before (one).
 *
 * Fails with `invalid-file` where shapes do not fit.
 */
export function fromKerasRecurrent(where: string, cell: Cell, layer: KerasRecurrent): RecurrentPart {
  const { kernel, recurrentKernel, bias } = layer;
  const units = recurrentKernel.shape[0] ?? 0;
  const { name, gates, options } = cell;
  const rows = gates * units;
  if (units === 0 || recurrentKernel.shape.length !== 2 || recurrentKernel.shape[1] !== rows) {
    throw invalidFile(where, `recurrent_kernel of ${name} must be [H, ${gates}·H], got [${recurrentKernel.shape}]`);
  }
  if (kernel.shape.length !== 2 || kernel.shape[0] === 0 || kernel.shape[1] !== rows) {
    throw invalidFile(where, `kernel must be [inputs, ${rows}], got [${kernel.shape}]`);
  }
  const order = cell.foreign.keras?.gates ?? [];
  /** A cell with both forms of reset has two biases in the one and one in the other. */
  const hasReset = Object.hasOwn(options, 'resetAfter');
  const weights = {
    weightIh: reorderGates(transpose(kernel), order),
    weightHh: reorderGates(transpose(recurrentKernel), order),
  };
  const isPair = bias?.shape.length === 2 && bias.shape[0] === 2 && bias.shape[1] === rows && hasReset;
  if (bias && !isPair && !(bias.shape.length === 1 && bias.shape[0] === rows)) {
    throw invalidFile(
      where,
      `bias of ${name} must be [${rows}]${hasReset ? ` or [2, ${rows}]` : ''}, got [${bias.shape}]`,
    );
  }
  const [biasIh, biasHh] = isPair
    ? [0, 1].map((row) => reorderGates({ shape: [rows], data: bias.data.slice(row * rows, (row + 1) * rows) }, order))
    : [bias && reorderGates(bias, order)];
  if (!hasReset) {
    return {
      layer: { cell: name, units, ...formOf(cell, { activation: layer.activation }) },
      ...weights,
      biasIh,
      biasHh,
    };
  }
  const resetAfter = bias ? isPair : layer.resetAfter;
  if (resetAfter === undefined) {
    throw invalidFile(
      where,
      'is a GRU without a bias, which would tell whether reset_after is set; say it in the options',
    );
  }
  if (layer.resetAfter !== undefined && layer.resetAfter !== resetAfter) {
    throw invalidFile(where, `says reset_after ${layer.resetAfter}, but its bias is [${bias?.shape}]`);
  }
  return { layer: { cell: name, units, resetAfter }, ...weights, biasIh, biasHh };
}

/** A dense layer: kernel [H, O], bias [O]. */
export function fromKerasDense(
  where: string,
  kernel: WeightTensor,
  bias: WeightTensor | undefined,
  activation?: ReadoutPart['activation'],
): ReadoutPart {
  if (kernel.shape.length !== 2 || kernel.data.length === 0) {
    throw invalidFile(where, `kernel must be a matrix, got [${kernel.shape}]`);
  }
  return { weight: transpose(kernel), bias, activation };
}
