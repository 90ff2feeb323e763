import { PbfWriter } from 'pbf';

export type Attribute = number | string | string[] | number[];
export interface Node {
  op: string;
  inputs: string[];
  outputs?: string[];
  attributes?: Record<string, Attribute>;
}

/** An ONNX file written field by field, so that it can say what exportOnnx never says. */
export function onnxOf(
  nodes: Node[],
  tensors: Record<string, [number[], number[]]>,
  outputs = ['y'],
  raw = true,
): Uint8Array {
  const pbf = new PbfWriter();
  const message = (into: PbfWriter, field: number, write: (pbf: PbfWriter) => void) =>
    into.writeMessage(field, (_, inner) => write(inner), undefined);
  pbf.writeVarintField(1, 8);
  message(pbf, 7, (graph) => {
    for (const { op, inputs, outputs: made = [inputs[0]], attributes = {} } of nodes) {
      message(graph, 1, (node) => {
        for (const name of inputs) node.writeStringField(1, name);
        for (const name of made) node.writeStringField(2, name);
        node.writeStringField(4, op);
        for (const [name, value] of Object.entries(attributes)) {
          message(node, 5, (attribute) => {
            attribute.writeStringField(1, name);
            if (typeof value === 'string') attribute.writeStringField(4, value);
            else if (typeof value === 'number') {
              attribute.writeVarintField(3, value);
              if (!Number.isInteger(value)) attribute.writeFloatField(2, value);
            } else {
              for (const item of value) {
                if (typeof item === 'string') attribute.writeStringField(9, item);
                else attribute.writeVarintField(8, item);
              }
            }
          });
        }
      });
    }
    for (const [name, [dims, data]] of Object.entries(tensors)) {
      message(graph, 5, (tensor) => {
        tensor.writePackedVarint(1, dims);
        tensor.writeVarintField(2, 1);
        tensor.writeStringField(8, name);
        if (raw) tensor.writeBytesField(9, new Uint8Array(Float32Array.from(data).buffer));
        else tensor.writePackedFloat(4, data);
      });
    }
    message(graph, 11, (value) => value.writeStringField(1, 'x'));
    message(graph, 11, (value) => value.writeStringField(1, 'h0'));
    for (const name of outputs) message(graph, 12, (value) => value.writeStringField(1, name));
  });
  message(pbf, 8, (opset) => opset.writeVarintField(2, 15));
  return pbf.finish();
}
