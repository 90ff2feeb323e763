import { formOf } from '../../checkpoint/definition.js';
import { invalidFile } from '../../checkpoint/invalidFile.js';
import type { WeightTensor } from '../../checkpoint/weights.js';
import type { Cell } from '../../nn/cells/cell.js';
import { cellIn } from '../foreign.js';
import { reorderGates } from '../matrix.js';
import type { RecurrentPart } from './assemble.js';
import type { OnnxNode } from './onnxFile.js';

/** The cell that an operator is. */
export const onnxCell = ({ opType }: OnnxNode): Cell | undefined =>
  cellIn('onnx', ({ operator }) => operator === opType);

/**
 * One RNN, LSTM or GRU node (ONNX operators, opset 7 to 22): W [1, G·H, in], R [1, G·H, H], B [1, 2·G·H], both of B's halves kept.
 * `constant` finds the tensors that the node's inputs name.
 *
 * Fails with `invalid-file` on peepholes, clip, other activations, both directions, the coupled input gate, and sequence lengths.
 */
export function readOnnxRecurrent(
  where: string,
  node: OnnxNode,
  cell: Cell,
  constant: (name: string) => WeightTensor,
): RecurrentPart {
  const [, w = '', r = '', b = '', lengths = '', , , peepholes = ''] = node.inputs;
  if (lengths !== '') throw invalidFile(where, 'has sequence_lens, which are not supported; export it without');
  if (peepholes !== '') throw invalidFile(where, 'has peepholes (input P), which are not supported');
  const activation = checkAttributes(where, node, cell);

  const recurrent = constant(r);
  const units = recurrent.shape[2] ?? 0;
  const rows = cell.gates * units;
  const gates = cell.foreign.onnx?.gates ?? [];
  const matrix = (tensor: WeightTensor, name: string, columns: number): WeightTensor => {
    const [directions, height, width] = tensor.shape;
    if (tensor.shape.length !== 3 || directions !== 1 || height !== rows || width !== columns || rows === 0) {
      throw invalidFile(where, `${name} must be [1, ${rows}, ${columns}], got [${tensor.shape}]`);
    }
    return reorderGates({ shape: [rows, columns], data: tensor.data }, gates);
  };
  const weightHh = matrix(recurrent, 'R', units);
  const input = constant(w);
  const weightIh = matrix(input, 'W', input.shape[2] ?? 0);
  const hidden = node.attributes.get('hidden_size')?.int;
  if (hidden !== undefined && hidden !== units) throw invalidFile(where, `says hidden_size ${hidden}, R has ${units}`);

  const biases = b === '' ? undefined : constant(b);
  if (biases && (biases.shape.length !== 2 || biases.shape[0] !== 1 || biases.shape[1] !== 2 * rows)) {
    throw invalidFile(where, `B must be [1, ${2 * rows}], got [${biases.shape}]`);
  }
  const half = (which: number) =>
    biases && reorderGates({ shape: [rows], data: biases.data.slice(which * rows, (which + 1) * rows) }, gates);
  const part = { weightIh, weightHh, biasIh: half(0), biasHh: half(1) };
  const resetAfter = node.attributes.get('linear_before_reset')?.int === 1;
  return { layer: { cell: cell.name, units, ...formOf(cell, { activation, resetAfter }) }, ...part };
}

/** Returns the activation of a cell that has a choice of them. */
function checkAttributes(where: string, { attributes }: OnnxNode, cell: Cell): string | undefined {
  const usual = cell.foreign.onnx?.activations ?? [];
  const choice = cell.options.activation?.values ?? [];
  let found: string | undefined;
  for (const [name, { int, text, texts, floats }] of attributes) {
    switch (name) {
      case 'hidden_size':
      case 'layout':
      case 'output_sequence':
        break;
      case 'linear_before_reset':
        if (!cell.options.resetAfter || (int ?? 0) >>> 1 !== 0)
          throw invalidFile(where, `has linear_before_reset ${int}`);
        break;
      case 'direction':
        if (text !== 'forward')
          throw invalidFile(where, `has direction ${text}, which needs the future; only forward is supported`);
        break;
      case 'input_forget':
        if (int !== 0 && int !== undefined)
          throw invalidFile(where, 'couples the input and forget gates (input_forget), not supported');
        break;
      case 'activation_alpha':
      case 'activation_beta':
        if (floats.length > 0) throw invalidFile(where, `has ${name}, which is not supported`);
        break;
      case 'activations': {
        const names = texts.map((activation) => activation.toLowerCase());
        const [only] = names;
        if (names.length === 1 && choice.includes(only)) found = only;
        else if (names.length > 0 && names.join() !== usual.join()) {
          throw invalidFile(where, `has the activations ${texts.join(', ')}; only ${usual.join(', ')} are supported`);
        }
        break;
      }
      default:
        throw invalidFile(where, `has the attribute ${name}, which is not supported`);
    }
  }
  return found;
}
