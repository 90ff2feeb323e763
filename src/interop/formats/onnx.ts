import { exportOnnx } from '../export/onnx.js';
import { importOnnx } from '../import/onnx.js';
import type { WeightsFormat } from './format.js';

const isMessage = (tag: number) => tag >> 3 > 0 && tag >> 3 <= 25 && [0, 2].includes(tag & 7);

/** An ONNX file. A protobuf message begins with a field’s number and type: ONNX’s are numbers (0) and blocks (2), none above 25. */
export const onnx: WeightsFormat = {
  name: 'onnx',
  ending: '.onnx',
  is: (content) => 'bytes' in content && isMessage(content.bytes[0] ?? 0),
  read: (file) => importOnnx(file),
  write: exportOnnx,
};
