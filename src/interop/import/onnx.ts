import { invalidFile } from '../../checkpoint/invalidFile.js';
import type { WeightTensor } from '../../checkpoint/weights.js';
import { type DenseActivation, isDenseActivation } from '../../nn/readouts/readout.js';
import { transpose } from '../matrix.js';
import { assemble, type ReadoutPart, type RecurrentPart } from './assemble.js';
import type { Imported } from './imported.js';
import { type OnnxNode, readOnnxFile } from './onnxFile.js';
import { OnnxWalk } from './onnxGraph.js';
import { onnxCell, readOnnxRecurrent } from './onnxRecurrent.js';

const WHERE = 'ONNX';

/**
 * A model from an ONNX file: one chain of a Gather (an embedding, or none), RNN, LSTM and GRU nodes with either `linear_before_reset`, and
 * their readout, a Gemm or a MatMul and an Add, with an activation or without; between them only operators that move values about.
 * States at the start are zeroTensor or inputs of the graph.
 *
 *     const { definition, weights } = importOnnx(await readFile('model.onnx'));
 *
 * Fails with `invalid-file` on other operators, peepholes, clip, both directions, other activations, weights kept in another file, and any
 * node or tensor that it has no use for.
 */
export function importOnnx(file: Uint8Array): Imported {
  const graph = readOnnxFile(file);
  const [main, ...states] = graph.outputs;
  if (main === undefined) throw invalidFile(WHERE, 'has no output');
  const walk = new OnnxWalk(graph);
  const chain = new Chain(walk, main.rank);
  chain.follow(main.name);
  for (const { name } of states) chain.followState(name);
  walk.finish();
  return assemble(WHERE, { embedding: chain.embedding, layers: chain.layers, readout: chain.readout });
}

/** A model's way, followed from its output back to its input. */
class Chain {
  readonly layers: RecurrentPart[] = [];
  readout: ReadoutPart | undefined;
  embedding: WeightTensor | undefined;
  private readonly cells = new Set<OnnxNode>();
  /** Nodes on the way of the last states. */
  private readonly ofStates = new Set<OnnxNode>();
  private activation: DenseActivation | undefined;
  private bias: WeightTensor | undefined;

  constructor(
    private readonly walk: OnnxWalk,
    private readonly rank: number | undefined,
  ) {}

  follow(output: string): void {
    const visited = new Set<OnnxNode>();
    for (let name: string | undefined = output; name !== undefined; ) {
      const node = this.walk.producer(name);
      if (node === undefined) return;
      if (visited.has(node)) throw invalidFile(WHERE, `goes in a circle through ${describeNode(node)}`);
      visited.add(node);
      name = this.before(node, name, name === output);
    }
  }

  /** The state after the last step, which some exporters give as well. */
  followState(output: string): void {
    const waiting = [output];
    for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
      const node = this.walk.producer(name);
      if (node === undefined || this.cells.has(node) || this.ofStates.has(node)) continue;
      this.ofStates.add(node);
      if (node.opType !== 'Concat' && !isMove(node))
        throw invalidFile(WHERE, `has a second output, made by ${describeNode(node)}`);
      this.walk.shapeOnly(node.opType === 'Concat' ? [] : node.inputs.slice(1));
      waiting.push(...(node.opType === 'Concat' ? node.inputs : node.inputs.slice(0, 1)));
    }
  }

  /** Takes one node in; returns the value before it, undefined at the model's input. */
  private before(node: OnnxNode, value: string, isLast: boolean): string | undefined {
    const { opType, inputs } = node;
    const cell = onnxCell(node);
    if (cell) {
      if (this.bias || (this.activation && !this.readout))
        throw invalidFile(WHERE, `has an Add or an activation after ${describeNode(node)}`);
      if (node.outputs.indexOf(value) > 1) throw invalidFile(WHERE, `puts out the cell state of ${describeNode(node)}`);
      if (node.outputs.indexOf(value) === 1 && this.layers.length > 0) {
        throw invalidFile(WHERE, `gives a layer only the last step of ${describeNode(node)}`);
      }
      for (const state of inputs.slice(5, 7).filter((name) => name !== '')) this.checkState(node, state);
      this.layers.unshift(
        readOnnxRecurrent(`${WHERE} ${describeNode(node)}`, node, cell, (name) => this.walk.constant(name)),
      );
      this.cells.add(node);
      return input(node, 0);
    }
    if (opType === 'Gather' && this.layers.length > 0 && this.walk.isConstant(input(node, 0))) {
      if ((node.attributes.get('axis')?.int ?? 0) !== 0)
        throw invalidFile(WHERE, `${describeNode(node)} gathers no rows`);
      this.embedding = this.walk.constant(input(node, 0));
      this.followSymbols(input(node, 1));
      return undefined;
    }
    if (isMove(node)) {
      this.checkMove(node);
      this.walk.shapeOnly(inputs.slice(1));
      return input(node, 0);
    }
    if (this.layers.length > 0 || this.readout)
      throw invalidFile(WHERE, `has ${describeNode(node)}, which is not supported there`);
    return this.beforeReadout(node, isLast);
  }

  private beforeReadout(node: OnnxNode, isLast: boolean): string {
    const { opType, inputs, attributes } = node;
    const activation = opType.toLowerCase();
    if (isDenseActivation(activation) && !this.activation && !this.bias) {
      const axis = attributes.get('axis')?.int ?? -1;
      if (opType === 'Softmax' && axis !== -1 && !(isLast && axis + 1 === this.rank)) {
        throw invalidFile(WHERE, `${describeNode(node)} is over axis ${axis}; only the last is supported`);
      }
      this.activation = activation;
      return input(node, 0);
    }
    if (opType === 'Add' && !this.bias) {
      const [data, bias] = this.walk.isConstant(input(node, 0))
        ? [input(node, 1), input(node, 0)]
        : [input(node, 0), input(node, 1)];
      this.bias = this.walk.constant(bias);
      return data;
    }
    if (opType === 'MatMul') {
      this.setReadout(node, transpose(this.matrix(node, input(node, 1))), this.bias);
      return input(node, 0);
    }
    if (opType === 'Gemm' && !this.bias) {
      const int = (name: string) => attributes.get(name)?.int ?? 0;
      const factors = [attributes.get('alpha')?.float ?? 1, attributes.get('beta')?.float ?? 1];
      if (int('transA') !== 0 || factors.some((factor) => factor !== 1)) {
        throw invalidFile(WHERE, `${describeNode(node)} has transA, alpha or beta, which are not supported`);
      }
      const weight = this.matrix(node, input(node, 1));
      const bias = inputs[2] ? this.walk.constant(inputs[2]) : undefined;
      this.setReadout(node, int('transB') === 1 ? weight : transpose(weight), bias);
      return input(node, 0);
    }
    throw invalidFile(WHERE, `has ${describeNode(node)}, which is not supported there`);
  }

  private matrix(node: OnnxNode, name: string): WeightTensor {
    const weight = this.walk.constant(name);
    if (weight.shape.length !== 2)
      throw invalidFile(WHERE, `${describeNode(node)} has a weight of [${weight.shape}], no matrix`);
    return weight;
  }

  private setReadout(node: OnnxNode, weight: WeightTensor, bias: WeightTensor | undefined): void {
    const units = weight.shape[0] ?? 0;
    // Of [units, 1] each number would be added to another step.
    if (bias && (bias.data.length !== units || (bias.shape.at(-1) ?? 1) !== units)) {
      throw invalidFile(WHERE, `${describeNode(node)} has a bias of [${bias.shape}] for ${units} outputs`);
    }
    this.readout = { weight, bias: bias && { shape: [units], data: bias.data }, activation: this.activation };
    this.bias = undefined;
  }

  private checkState(node: OnnxNode, state: string): void {
    if (this.walk.isZero(state)) return;
    let name = state;
    for (let steps = 0; steps < 64; steps++) {
      const producer = this.walk.isConstant(name) ? node : this.walk.producer(name);
      if (producer === undefined) return;
      if (producer === node || !(isMove(producer) || producer.opType === 'Split')) break;
      this.walk.shapeOnly(producer.inputs.slice(1));
      name = input(producer, 0);
    }
    throw invalidFile(WHERE, `${describeNode(node)} starts from a state that is neither zero nor an input`);
  }

  private followSymbols(symbols: string): void {
    let name = symbols;
    for (let steps = 0; steps < 64; steps++) {
      const node = this.walk.producer(name);
      if (node === undefined) return;
      if (!isMove(node)) break;
      this.walk.shapeOnly(node.inputs.slice(1));
      name = input(node, 0);
    }
    throw invalidFile(WHERE, `computes an embedding's symbols, "${symbols}"; they must be an input`);
  }

  /** Fails where an operator would change more than the place of a sample's numbers. */
  private checkMove(node: OnnxNode): void {
    const { opType, attributes } = node;
    const order = attributes.get('perm')?.ints ?? [];
    const movesFeatures = opType === 'Transpose' && order.at(-1) !== order.length - 1;
    // One step of many may be taken for the readout; anywhere else it may be some of a sample's numbers.
    const takesSome = opType === 'Gather' && (this.layers.length > 0 || this.readout === undefined);
    const converts = opType === 'Cast' && attributes.get('to')?.int !== 1;
    if (movesFeatures || takesSome || converts)
      throw invalidFile(WHERE, `has ${describeNode(node)}, which is not supported there`);
  }
}

const MOVES = new Set([
  'Transpose',
  'Squeeze',
  'Unsqueeze',
  'Reshape',
  'Flatten',
  'Identity',
  'Dropout',
  'Cast',
  'Gather',
]);

/** A node's input that must be there. */
function input(node: OnnxNode, i: number): string {
  const name = node.inputs[i];
  if (name === undefined || name === '') throw invalidFile(WHERE, `${describeNode(node)} lacks its input ${i}`);
  return name;
}

/** Whether a node passes its first input on, perhaps in another shape. */
function isMove({ opType }: OnnxNode): boolean {
  return MOVES.has(opType);
}

function describeNode({ opType, name, outputs }: OnnxNode): string {
  return `${opType} "${name || outputs[0]}"`;
}
