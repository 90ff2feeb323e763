import { invalidFile } from '../../checkpoint/invalidFile.js';
import type { WeightTensor } from '../../checkpoint/weights.js';
import type { OnnxGraph, OnnxNode, OnnxTensor } from './onnxFile.js';

const WHERE = 'ONNX';

/**
 * Walks an ONNX graph and remembers what it has seen: a node or a tensor that is left over at the end is a part of the model that nobody
 * understood.
 */
export class OnnxWalk {
  /** Numbers that were read. */
  private numbers = 0;
  private readonly producers = new Map<string, OnnxNode>();
  private readonly tensors = new Map<string, OnnxTensor>();
  private readonly inputs: ReadonlySet<string>;
  private readonly seen = new Set<OnnxNode | OnnxTensor>();
  private readonly zeros = new Map<string, boolean>();

  constructor(readonly graph: OnnxGraph) {
    for (const tensor of graph.initializers) {
      if (this.tensors.has(tensor.name)) throw invalidFile(WHERE, `has two tensors named "${tensor.name}"`);
      this.tensors.set(tensor.name, tensor);
    }
    for (const node of graph.nodes) {
      for (const output of node.outputs.filter((name) => name !== '')) {
        if (this.producers.has(output) || this.tensors.has(output)) throw invalidFile(WHERE, `makes "${output}" twice`);
        this.producers.set(output, node);
      }
    }
    // Older files list their weights among the inputs as well.
    this.inputs = new Set(graph.inputs.map(({ name }) => name).filter((name) => !this.tensors.has(name)));
  }

  /** The node that makes a value; undefined if it is an input of the graph. */
  producer(name: string): OnnxNode | undefined {
    const node = this.producers.get(name);
    if (node === undefined && !this.inputs.has(name)) throw invalidFile(WHERE, `uses "${name}", which nothing makes`);
    if (node) this.seen.add(node);
    return node;
  }

  isConstant(name: string): boolean {
    return this.tensors.has(name) || this.producers.get(name)?.opType === 'Constant';
  }

  /** A float tensor that the file holds. */
  constant(name: string): WeightTensor {
    const floats = this.find(name)?.floats();
    if (floats === undefined) {
      throw invalidFile(
        WHERE,
        `computes "${name}", or has it in another type than float; export the model with constants folded`,
      );
    }
    // Layers may share a tensor, but a small file must not become a large model by it.
    this.numbers += floats.data.length;
    if (4 * this.numbers > 2 * this.graph.size)
      throw invalidFile(WHERE, `uses "${name}" and others in too many places`);
    return floats;
  }

  /** Whether a value is 0 whatever the input is: how exporters write the state at the start. */
  isZero(name: string, depth = 0): boolean {
    const known = this.zeros.get(name);
    if (known !== undefined) return known;
    // Until it is known: a value that is made from itself is not known to be 0.
    this.zeros.set(name, false);
    const zero = depth < MAX_DEPTH && this.computesZero(name, depth + 1);
    this.zeros.set(name, zero);
    return zero;
  }

  private computesZero(name: string, depth: number): boolean {
    const tensor = this.find(name);
    if (tensor) return tensor.isZero();
    const node = this.producers.get(name);
    if (node === undefined || !KEEPS_ZERO.has(node.opType)) return false;
    this.seen.add(node);
    if (node.opType === 'Concat') return node.inputs.every((input) => this.isZero(input, depth));
    const isShape = node.opType === 'ConstantOfShape';
    this.shapeOnly(isShape ? node.inputs : node.inputs.slice(1));
    if (isShape) return node.attributes.get('value')?.tensor?.isZero() ?? true;
    return node.inputs.length > 0 && this.isZero(node.inputs[0], depth);
  }

  /** Values that say a shape, an axis or an index: whatever computes them has no weight in the model. */
  shapeOnly(names: readonly string[]): void {
    const waiting = names.filter((name) => name !== '');
    for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
      this.find(name);
      const node = this.producers.get(name);
      // A value that is made on the model's own way, such as the shape of a layer's output, is walked there.
      if (node === undefined || this.seen.has(node) || !SHAPE_OPERATORS.has(node.opType)) continue;
      this.seen.add(node);
      waiting.push(...node.inputs.filter((input) => input !== ''));
    }
  }

  /** Fails with `invalid-file` if a node or a tensor was not seen. */
  finish(): void {
    const node = this.graph.nodes.find((each) => !this.seen.has(each));
    if (node) throw invalidFile(WHERE, `has a part that is not followed: ${node.opType} "${node.name}"`);
    const tensor = this.graph.initializers.find((each) => !this.seen.has(each));
    if (tensor)
      throw invalidFile(WHERE, `has the tensor "${tensor.name}" [${tensor.dims}], which no layer known here uses`);
  }

  private find(name: string): OnnxTensor | undefined {
    const node = this.producers.get(name);
    const tensor =
      this.tensors.get(name) ?? (node?.opType === 'Constant' ? node.attributes.get('value')?.tensor : undefined);
    if (node?.opType === 'Constant') this.seen.add(node);
    if (tensor) this.seen.add(tensor);
    return tensor;
  }
}

/** Nodes in a row between a zero and the state that it is: exporters need a dozen. */
const MAX_DEPTH = 256;

const KEEPS_ZERO = new Set(
  'ConstantOfShape Concat Expand Slice Gather Tile Squeeze Unsqueeze Transpose Reshape Identity Cast'.split(' '),
);
const SHAPE_OPERATORS = new Set(
  'Shape Gather Slice Concat Unsqueeze Squeeze Cast Constant ConstantOfShape Identity Mul Add Sub Div Range Reshape Expand Where Equal'.split(
    ' ',
  ),
);
