import type { WeightTensor } from '../../checkpoint/weights.js';
import { foreignOf } from '../foreign.js';
import { inverseOrder, reorderGates, transpose } from '../matrix.js';
import { attribute, OnnxWriter } from './onnxWriter.js';
import { type Exported, type ModelParts, partsOf, refuseSkip } from './parts.js';

/** ONNX writes an activation with a capital: Tanh, Relu. */
const operatorOf = (activation: string) => activation[0].toUpperCase() + activation.slice(1);

/**
 * An ONNX file (opset 15). Its input `x` is [steps, rows, numbers], or [steps, rows] symbols as int64 where the model starts with an embedding;
 * its output `y` is [steps, rows, outputs]. Both biases are kept; states start at zero.
 *
 *     await writeFile('model.onnx', exportOnnx({ definition, weights: model.weights() }));
 *
 * Fails with `invalid-option` on a model that adds its input to its output.
 */
export function exportOnnx(model: Exported): Uint8Array {
  refuseSkip('ONNX', model);
  const { embedding, layers, readout } = partsOf(model, 'onnx', 'ONNX');
  const graph = new OnnxWriter();
  let value = 'x';
  if (embedding) value = graph.node('Gather', [graph.weight('layers.0.weight', embedding), value]);
  layers.forEach((part, l) => {
    value = writeRecurrent(graph, part, l + (embedding ? 1 : 0), value);
  });
  if (readout) {
    const product = graph.node('MatMul', [value, graph.weight('output.weight', transpose(readout.weight))]);
    value = graph.node('Add', [product, graph.weight('output.bias', readout.bias)]);
    const { activation = 'linear' } = readout.definition;
    const axis = activation === 'softmax' ? [attribute.int('axis', -1)] : [];
    if (activation !== 'linear') value = graph.node(operatorOf(activation), [value], axis);
  }
  const last = layers[layers.length - 1].layer.units;
  return graph.finish(value, {
    symbols: embedding !== undefined,
    input: model.definition.input,
    output: readout?.definition.units ?? last,
  });
}

function writeRecurrent(graph: OnnxWriter, part: ModelParts['layers'][number], l: number, value: string): string {
  const { units, resetAfter, activation } = part.layer;
  const { operator = '', gates = [] } = foreignOf(part.layer, 'onnx') ?? {};
  const order = inverseOrder(gates);
  const weight = (name: string, parts: WeightTensor[], shape: number[]): string => {
    const data = new Float32Array(parts.reduce((sum, { data }) => sum + data.length, 0));
    parts.forEach((tensor, i) => {
      data.set(reorderGates(tensor, order).data, (i * data.length) / parts.length);
    });
    return graph.weight(`layers.${l}.${name}`, { shape: [1, ...shape], data });
  };
  const rows = order.length * units;
  const inputs = [
    value,
    weight('weight_ih', [part.weightIh], [...part.weightIh.shape]),
    weight('weight_hh', [part.weightHh], [...part.weightHh.shape]),
    weight('bias', [part.biasIh, part.biasHh], [2 * rows]),
  ];
  const attributes = [attribute.int('hidden_size', units)];
  if (resetAfter !== undefined) attributes.push(attribute.int('linear_before_reset', resetAfter === false ? 0 : 1));
  if (typeof activation === 'string') attributes.push(attribute.strings('activations', [operatorOf(activation)]));
  // [steps, directions, rows, units]: there is one direction.
  return graph.node('Squeeze', [graph.node(operator, inputs, attributes), graph.ints('axes', [1])]);
}
