import { halfToNumber, toFloat32 } from '../../checkpoint/dtype.js';
import { invalidFile } from '../../checkpoint/invalidFile.js';
import type { WeightTensor } from '../../checkpoint/weights.js';
import { ATTRIBUTE, DATA_TYPE, GRAPH, MODEL, NODE, OPSET, SHAPE, TENSOR, TENSOR_TYPE, TYPE, VALUE } from '../onnx.js';
import { Fields } from './protobuf.js';

export interface OnnxGraph {
  /** Bytes of the file. */
  readonly size: number;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}
export interface OnnxNode {
  readonly name: string;
  readonly opType: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
}
export interface OnnxAttribute {
  readonly float: number | undefined;
  readonly int: number | undefined;
  readonly text: string | undefined;
  readonly tensor: OnnxTensor | undefined;
  readonly floats: readonly number[];
  readonly ints: readonly number[];
  readonly texts: readonly string[];
}
export interface OnnxTensor {
  readonly name: string;
  readonly dims: readonly number[];
  /** Its numbers as float32; undefined for a type that is no float. */
  readonly floats: () => WeightTensor | undefined;
  /** Whether every byte that it has is 0. */
  readonly isZero: () => boolean;
}
export interface OnnxValue {
  readonly name: string;
  /** Undefined where the file does not say. */
  readonly rank: number | undefined;
}

const WHERE = 'ONNX';

/** Reads an ONNX model's graph. Fails with `invalid-file` if the bytes are no ONNX model, or hold what eddy does not read. */
export function readOnnxFile(file: Uint8Array): OnnxGraph {
  const model = new Fields(file, WHERE);
  for (const opset of model.messages(MODEL.opsetImport)) checkDomain(opset.text(OPSET.domain), 'imports operators');
  const graphs = model.messages(MODEL.graph);
  if (graphs.length !== 1)
    throw invalidFile(WHERE, `a model has one graph, got ${graphs.length}; is this an ONNX file?`);
  const [graph] = graphs;
  if (graph.has(GRAPH.sparseInitializer)) throw invalidFile(WHERE, 'has sparse tensors, which are not supported');
  return {
    size: file.byteLength,
    nodes: graph.messages(GRAPH.node).map(readNode),
    initializers: graph.messages(GRAPH.initializer).map(readTensor),
    inputs: graph.messages(GRAPH.input).map(readValue),
    outputs: graph.messages(GRAPH.output).map(readValue),
  };
}

function readNode(node: Fields): OnnxNode {
  const opType = node.text(NODE.opType) ?? '';
  checkDomain(node.text(NODE.domain), `has the operator ${opType}`);
  const attributes = new Map<string, OnnxAttribute>();
  for (const attribute of node.messages(NODE.attribute)) {
    const name = attribute.text(ATTRIBUTE.name) ?? '';
    if (attributes.has(name)) throw invalidFile(WHERE, `has the operator ${opType} with two attributes "${name}"`);
    attributes.set(name, {
      float: attribute.floats(ATTRIBUTE.f).at(-1),
      int: attribute.int(ATTRIBUTE.i),
      text: attribute.text(ATTRIBUTE.s),
      tensor: attribute.messages(ATTRIBUTE.t).map(readTensor)[0],
      floats: attribute.floats(ATTRIBUTE.floats),
      ints: attribute.ints(ATTRIBUTE.ints),
      texts: attribute.texts(ATTRIBUTE.strings),
    });
  }
  return {
    name: node.text(NODE.name) ?? '',
    opType,
    inputs: node.texts(NODE.input),
    outputs: node.texts(NODE.output),
    attributes,
  };
}

function checkDomain(domain = '', what: string): void {
  if (domain !== '' && domain !== 'ai.onnx')
    throw invalidFile(WHERE, `${what} of ${domain}; only ONNX's own are supported`);
}

function readValue(value: Fields): OnnxValue {
  const shape = value
    .messages(VALUE.type)
    .flatMap((type) => type.messages(TYPE.tensor))
    .flatMap((tensor) => tensor.messages(TENSOR_TYPE.shape))[0];
  return { name: value.text(VALUE.name) ?? '', rank: shape?.blocks(SHAPE.dim).length };
}

function readTensor(tensor: Fields): OnnxTensor {
  const name = tensor.text(TENSOR.name) ?? '';
  if (tensor.has(TENSOR.external) || (tensor.int(TENSOR.location) ?? 0) !== 0) {
    throw invalidFile(WHERE, `keeps "${name}" in another file; save the model with its weights inside`);
  }
  const dims = tensor.ints(TENSOR.dims);
  if (dims.some((size) => !Number.isSafeInteger(size) || size < 0))
    throw invalidFile(WHERE, `"${name}" has shape [${dims}]`);
  const raw = tensor.blocks(TENSOR.raw).at(-1);
  return {
    name,
    dims,
    floats: () => {
      const data = readFloats(tensor, raw);
      if (data === undefined) return undefined;
      if (data.length !== dims.reduce((a, b) => a * b, 1)) {
        throw invalidFile(WHERE, `"${name}" is [${dims}] and has ${data.length} numbers`);
      }
      const at = data.findIndex((value) => !Number.isFinite(value));
      if (at >= 0) throw invalidFile(WHERE, `"${name}" must hold finite float32 numbers, got ${data[at]} at ${at}`);
      return { shape: dims, data };
    },
    isZero: () =>
      [raw ?? [], ...tensor.blocks(TENSOR.floats), ...tensor.blocks(TENSOR.doubles)].every((bytes) =>
        bytes.every((byte) => byte === 0),
      ) && [...tensor.ints(TENSOR.int32s), ...tensor.ints(TENSOR.int64s)].every((value) => value === 0),
  };
}

const RAW_TYPES = new Map<number | undefined, 'F32' | 'F64' | 'F16' | 'BF16'>([
  [DATA_TYPE.float, 'F32'],
  [DATA_TYPE.double, 'F64'],
  [DATA_TYPE.float16, 'F16'],
  [DATA_TYPE.bfloat16, 'BF16'],
]);

function readFloats(tensor: Fields, raw: Uint8Array | undefined): Float32Array | undefined {
  const type = tensor.int(TENSOR.dataType);
  const dtype = RAW_TYPES.get(type);
  if (dtype === undefined) return undefined;
  if (raw) {
    const size = { F32: 4, F64: 8, F16: 2, BF16: 2 }[dtype];
    if (raw.byteLength % size !== 0) throw invalidFile(WHERE, `"${tensor.text(TENSOR.name)}" is cut short`);
    return toFloat32(dtype, raw);
  }
  switch (dtype) {
    case 'F32':
      return Float32Array.from(tensor.floats(TENSOR.floats));
    case 'F64':
      return Float32Array.from(tensor.doubles(TENSOR.doubles));
    case 'F16':
      return Float32Array.from(tensor.ints(TENSOR.int32s), halfToNumber);
    case 'BF16':
      return new Float32Array(Uint32Array.from(tensor.ints(TENSOR.int32s), (bits) => bits << 16).buffer);
  }
}
