import { PbfWriter } from 'pbf';
import { asTensor, type WeightTensor } from '../../checkpoint/weights.js';
import {
  ATTRIBUTE,
  ATTRIBUTE_TYPE,
  DATA_TYPE,
  DIM,
  GRAPH,
  MODEL,
  NODE,
  OPSET,
  SHAPE,
  TENSOR,
  TENSOR_TYPE,
  TYPE,
  VALUE,
} from '../onnx.js';

/** ONNX 1.10's, which the runtimes of today and of years ago read. */
const IR_VERSION = 8;
const OPSET_VERSION = 15;

/** Writes the fields of one message. */
type Write = (pbf: PbfWriter) => void;

/** A node's attributes. */
export const attribute = {
  int:
    (name: string, value: number): Write =>
    (pbf) => {
      pbf.writeStringField(ATTRIBUTE.name, name);
      pbf.writeVarintField(ATTRIBUTE.i, value);
      pbf.writeVarintField(ATTRIBUTE.type, ATTRIBUTE_TYPE.int);
    },
  strings:
    (name: string, values: readonly string[]): Write =>
    (pbf) => {
      pbf.writeStringField(ATTRIBUTE.name, name);
      for (const value of values) pbf.writeStringField(ATTRIBUTE.strings, value);
      pbf.writeVarintField(ATTRIBUTE.type, ATTRIBUTE_TYPE.strings);
    },
};

/** Builds an ONNX file node by node; each call gives the name of the value that it makes. */
export class OnnxWriter {
  private readonly nodes: Write[] = [];
  private readonly tensors: Write[] = [];

  node(opType: string, inputs: readonly string[], attributes: readonly Write[] = []): string {
    const name = `${opType.toLowerCase()}_${this.nodes.length}`;
    this.addNode(opType, inputs, name, attributes);
    return name;
  }

  weight(name: string, tensor: WeightTensor): string {
    this.tensors.push(tensorOf(name, tensor.shape, DATA_TYPE.float, asTensor(tensor).bytes));
    return name;
  }

  ints(name: string, values: readonly number[]): string {
    const unique = `${name}_${this.tensors.length}`;
    const bytes = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
    this.tensors.push(tensorOf(unique, [values.length], DATA_TYPE.int64, bytes));
    return unique;
  }

  /** The whole file: input `x`, [steps, rows, input] floats or [steps, rows] symbols, and output `y`, [steps, rows, output]. */
  finish(value: string, { symbols, input, output }: { symbols: boolean; input: number; output: number }): Uint8Array {
    this.addNode('Identity', [value], 'y', []);
    const pbf = new PbfWriter();
    pbf.writeVarintField(MODEL.irVersion, IR_VERSION);
    pbf.writeStringField(MODEL.producerName, 'eddy');
    message(pbf, MODEL.graph, (graph) => {
      for (const node of this.nodes) message(graph, GRAPH.node, node);
      graph.writeStringField(GRAPH.name, 'eddy');
      for (const tensor of this.tensors) message(graph, GRAPH.initializer, tensor);
      const x = symbols
        ? valueInfo('x', DATA_TYPE.int64, ['steps', 'rows'])
        : valueInfo('x', DATA_TYPE.float, ['steps', 'rows', input]);
      message(graph, GRAPH.input, x);
      message(graph, GRAPH.output, valueInfo('y', DATA_TYPE.float, ['steps', 'rows', output]));
    });
    message(pbf, MODEL.opsetImport, (opset) => {
      opset.writeStringField(OPSET.domain, '');
      opset.writeVarintField(OPSET.version, OPSET_VERSION);
    });
    return pbf.finish();
  }

  private addNode(opType: string, inputs: readonly string[], output: string, attributes: readonly Write[]): void {
    this.nodes.push((pbf) => {
      for (const input of inputs) pbf.writeStringField(NODE.input, input);
      pbf.writeStringField(NODE.output, output);
      pbf.writeStringField(NODE.name, output);
      pbf.writeStringField(NODE.opType, opType);
      for (const write of attributes) message(pbf, NODE.attribute, write);
    });
  }
}

function tensorOf(name: string, shape: readonly number[], dataType: number, bytes: Uint8Array): Write {
  return (pbf) => {
    pbf.writePackedVarint(TENSOR.dims, [...shape]);
    pbf.writeVarintField(TENSOR.dataType, dataType);
    pbf.writeStringField(TENSOR.name, name);
    pbf.writeBytesField(TENSOR.raw, bytes);
  };
}

function valueInfo(name: string, elemType: number, sizes: readonly (string | number)[]): Write {
  return (pbf) => {
    pbf.writeStringField(VALUE.name, name);
    message(pbf, VALUE.type, (type) =>
      message(type, TYPE.tensor, (tensor) => {
        tensor.writeVarintField(TENSOR_TYPE.elemType, elemType);
        message(tensor, TENSOR_TYPE.shape, (shape) => {
          for (const size of sizes) {
            message(shape, SHAPE.dim, (dim) =>
              typeof size === 'number' ? dim.writeVarintField(DIM.value, size) : dim.writeStringField(DIM.param, size),
            );
          }
        });
      }),
    );
  };
}

function message(pbf: PbfWriter, field: number, write: Write): void {
  pbf.writeMessage(field, (_, inner) => write(inner), undefined);
}
