import { describe, expect, test } from 'vitest';
import type { ModelDefinition } from '../../src/checkpoint/definition.js';
import type { Dtype } from '../../src/checkpoint/dtype.js';
import { readSafetensors, type Tensor } from '../../src/checkpoint/safetensors.js';
import { writeSafetensors } from '../../src/checkpoint/writeSafetensors.js';
import { exportKeras } from '../../src/interop/export/keras.js';
import { exportPytorch } from '../../src/interop/export/pytorch.js';
import { importKeras } from '../../src/interop/import/keras.js';
import { importPytorch } from '../../src/interop/import/pytorch.js';
import { importWeights } from '../../src/interop/importWeights.js';
import { dense, model, recurrent } from '../checkpoint/randomModel.js';
import { goldenNames, readGolden, readGoldenBytes, rowsOf } from '../golden/golden.js';
import { forward } from './forward.js';

const invalidFile = expect.objectContaining({ name: 'EddyError', code: 'invalid-file' });

describe.each(goldenNames('interop'))('%s', (name) => {
  const golden = readGolden(name);
  const kinds = [
    ['pytorch', golden.pytorch_file, exportPytorch],
    ['keras', golden.keras_file, exportKeras],
  ] as const;

  test.each(kinds)('from %s says what PyTorch says', (format, file) => {
    const imported = importWeights(readGoldenBytes(file));
    expect(imported.format).toBe(format);
    const expected = rowsOf(golden.expected.yhat);
    forward(imported, rowsOf(golden.x)).forEach((row, t) => {
      row.forEach((y, i) => {
        expect(Math.abs(y - expected[t][i])).toBeLessThan(1e-5);
      });
    });
  });

  test.each(kinds)('goes back to %s with every tensor byte for byte', (_, file, exportAs) => {
    const bytes = readGoldenBytes(file);
    expect(new Map(readSafetensors(exportAs(importWeights(bytes))).tensors)).toEqual(
      new Map(readSafetensors(bytes).tensors),
    );
  });
});

/** The tensors of a file, edited. */
function edited(file: Uint8Array, edit: (tensors: Map<string, Tensor>) => void): Uint8Array {
  const tensors = new Map(readSafetensors(file).tensors);
  edit(tensors);
  return writeSafetensors(tensors);
}
const zeros = (...shape: number[]): Tensor => ({
  dtype: 'F32',
  shape,
  bytes: new Uint8Array(4 * shape.reduce((a, b) => a * b, 1)),
});
const renamed = (file: Uint8Array, rename: (name: string) => string) =>
  writeSafetensors(new Map([...readSafetensors(file).tensors].map(([name, tensor]) => [rename(name), tensor])));

describe('importPytorch', () => {
  const lstm = exportPytorch(
    model({ input: 3, layers: [recurrent('lstm', 4), recurrent('lstm', 4)], output: dense(2) }),
  );
  const wanted = importPytorch(lstm);

  test.each<ModelDefinition>([
    { input: 3, layers: [recurrent('lstm', 4)] },
    { input: 3, layers: [recurrent('gru', 4), recurrent('gru', 4), recurrent('gru', 4)], output: dense(2) },
    { input: 1, layers: [recurrent('rnn', 1)], output: dense(1) },
    { input: 1, layers: [{ cell: 'embedding', symbols: 7, width: 3 }, recurrent('lstm', 4)], output: dense(7) },
  ])('takes what exportPytorch gives, %j', (definition) => {
    const { weights } = model(definition);
    expect(importPytorch(exportPytorch({ definition, weights }))).toEqual({ definition, weights });
  });

  test.each<[string, (name: string) => string]>([
    ['encoder. and fc.', (name) => name.replace('lstm', 'encoder').replace('head', 'fc')],
    ['rnn. and out.', (name) => name.replace('lstm', 'rnn').replace('head', 'out')],
    ['module.net.lstm.', (name) => `module.net.${name}`],
    [
      'one module a layer, lstm1 and lstm2',
      (name) => name.replace(/^lstm\.(\w+_)l(\d)/, (_, what, l) => `lstm${+l + 1}.${what}l0`),
    ],
    ['one nn.LSTMCell a layer', (name) => name.replace(/^lstm\.(\w+)_l(\d)/, (_, what, l) => `cells.${l}.${what}`)],
    ['eddy’s own names', (name) => name.replace(/^lstm\.(\w+)_l(\d)/, 'layers.$2.$1').replace('head', 'output')],
  ])('finds the modules under the names %s', (_, rename) => {
    expect(importPytorch(renamed(lstm, rename))).toEqual(wanted);
  });

  test('orders ten numbered modules by number, not by letter', () => {
    const definition: ModelDefinition = { input: 2, layers: Array.from({ length: 11 }, () => recurrent('gru', 2)) };
    const file = exportPytorch(model(definition));
    expect(importPytorch(renamed(file, (name) => name.replace(/^gru\.(\w+)_l(\d+)/, 'layers.$2.$1')))).toEqual(
      importPytorch(file),
    );
  });

  test.each<[Dtype, (value: number) => Uint8Array, number]>([
    ['F64', (value) => new Uint8Array(Float64Array.of(value).buffer), 0.30000001192092896],
    ['F16', () => new Uint8Array(Uint16Array.of(0x34cd).buffer), 0.300048828125],
    ['BF16', () => new Uint8Array(Uint16Array.of(0x3e9a).buffer), 0.30078125],
  ])('turns %s into float32', (dtype, bytesOf, expected) => {
    const file = edited(lstm, (tensors) => {
      const bytes = Uint8Array.from([...bytesOf(0.3), ...bytesOf(0.3)]);
      tensors.set('head.bias', { dtype, shape: [2], bytes });
    });
    expect([...importPytorch(file).weights['output.bias'].data]).toEqual([expected, expected]);
  });

  test('takes a module without biases as one of zero biases', () => {
    const file = edited(lstm, (tensors) => {
      for (const name of [...tensors.keys()]) if (/bias/.test(name)) tensors.delete(name);
    });
    const { weights } = importPytorch(file);
    expect(weights['layers.1.bias_hh'].data).toEqual(new Float32Array(16));
    expect(weights['output.bias'].data).toEqual(new Float32Array(2));
  });

  test.each<[string, (tensors: Map<string, Tensor>) => void, RegExp]>([
    ['a bidirectional layer', (t) => t.set('lstm.weight_ih_l0_reverse', zeros(16, 3)), /bidirectional/],
    ['a projection', (t) => t.set('lstm.weight_hr_l0', zeros(2, 4)), /projection/],
    ['a tensor it has no use for', (t) => t.set('extra', zeros(1)), /"extra"/],
    ['layer normalisation', (t) => t.set('norm.weight', zeros(4)), /several layers/],
    ['a second readout', (t) => t.set('head2.weight', zeros(2, 2)), /several layers/],
    [
      'a count of batches',
      (t) => t.set('norm.num_batches_tracked', { dtype: 'I64', shape: [], bytes: new Uint8Array(8) }),
      /I64/,
    ],
    ['a layer that is missing', (t) => t.delete('lstm.weight_hh_l0'), /belong to no layer|no recurrent/],
    ['half of a layer’s biases', (t) => t.delete('lstm.bias_hh_l1'), /only one of/],
    ['weight_ih of another width', (t) => t.set('lstm.weight_ih_l1', zeros(16, 5)), /must be \[16,4\]/],
    ['weight_ih of another height', (t) => t.set('lstm.weight_ih_l1', zeros(12, 4)), /must be \[16,4\]/],
    ['five gates', (t) => t.set('lstm.weight_hh_l0', zeros(20, 4)), /1, 3 or 4 gates/],
    ['a bias of another length', (t) => t.set('lstm.bias_ih_l0', zeros(4)), /must be \[16\]/],
    ['a readout of another width', (t) => t.set('head.weight', zeros(2, 5)), /must be \[2,4\]/],
    ['a readout of three dimensions', (t) => t.set('head.weight', zeros(2, 4, 1)), /must be a matrix/],
    ['a readout of one dimension', (t) => t.set('head.weight', zeros(4)), /must be a matrix/],
    ['an empty layer', (t) => t.set('lstm.weight_hh_l0', zeros(0, 0)), /must be a matrix/],
    [
      'what may be an embedding as well as a readout',
      (t) => {
        t.delete('head.weight');
        t.delete('head.bias');
        t.set('lstm.weight_ih_l0', zeros(16, 4));
        t.set('tokens.weight', zeros(2, 4));
      },
      /embedding or a readout/,
    ],
    ['a second recurrent module', (t) => t.set('decoder.weight_ih_l0', zeros(16, 3)), /order is unknown/],
    [
      'NaN',
      (t) =>
        t.set('head.bias', { dtype: 'F32', shape: [1], bytes: new Uint8Array(Float32Array.of(Number.NaN).buffer) }),
      /finite/,
    ],
    [
      'a float64 too large for a float32',
      (t) => t.set('head.bias', { dtype: 'F64', shape: [2], bytes: new Uint8Array(Float64Array.of(1e300, 0).buffer) }),
      /finite/,
    ],
    ['nothing', (t) => t.clear(), /no recurrent layer/],
    [
      'no recurrent layer',
      (t) => {
        for (const name of [...t.keys()]) if (name.startsWith('lstm')) t.delete(name);
      },
      /no recurrent layer/,
    ],
  ])('refuses %s', (_, edit, message) => {
    const file = edited(lstm, edit);
    expect(() => importPytorch(file)).toThrow(invalidFile);
    expect(() => importPytorch(file)).toThrow(message);
  });

  test.each<[string, ModelDefinition]>([
    ['layers of two widths', { input: 3, layers: [recurrent('lstm', 4), recurrent('lstm', 5)] }],
    ['layers of two cells', { input: 3, layers: [recurrent('lstm', 4), recurrent('gru', 4)] }],
    ['a GRU with the reset before', { input: 3, layers: [recurrent('gru', 4, { resetAfter: false })] }],
  ])('has an exporter that refuses %s', (_, definition) => {
    expect(() => exportPytorch(model(definition))).toThrow(expect.objectContaining({ code: 'invalid-option' }));
  });
});

describe('importKeras', () => {
  test.each<ModelDefinition>([
    { input: 3, layers: [recurrent('lstm', 4)] },
    { input: 3, layers: [recurrent('gru', 4), recurrent('lstm', 2)], output: dense(2) },
    { input: 3, layers: [recurrent('gru', 4, { resetAfter: false })], output: dense(1) },
    { input: 1, layers: [{ cell: 'embedding', symbols: 7, width: 3 }, recurrent('rnn', 4)], output: dense(7) },
  ])('takes what exportKeras gives, %j', (definition) => {
    const { weights } = model(definition);
    const imported = importKeras(exportKeras({ definition, weights }));
    expect(imported.definition).toEqual(definition);
    const width = definition.layers[0].cell === 'embedding' ? 1 : 3;
    const x = Array.from({ length: 9 }, (_, t) =>
      Array.from({ length: width }, (_, i) => (width === 1 ? t % 7 : Math.sin(t + i))),
    );
    const outputs = forward({ definition, weights }, x).flat();
    forward(imported, x)
      .flat()
      .forEach((y, i) => {
        expect(y).toBeCloseTo(outputs[i], 6);
      });
    // What Keras has is kept, once its single bias is bias_ih.
    expect(importKeras(exportKeras(imported))).toEqual(imported);
  });

  const gru = exportKeras(model({ input: 3, layers: [recurrent('gru', 4), recurrent('gru', 4)], output: dense(2) }));

  test.each<[string, (name: string) => string]>([
    ['with :0', (name) => `${name}:0`],
    ['as Keras numbers them, gru and gru_1', (name) => name.replace('gru_0', 'gru')],
    ['with the cell’s name', (name) => name.replace(/^(gru_\d)\/(.*)/, '$1/gru_cell/$2')],
    ['inside a model', (name) => `sequential_3/${name}`],
    ['with points', (name) => name.replaceAll('/', '.')],
  ])('reads layers named %s', (_, rename) => {
    const swapped = (name: string) => rename(name);
    expect(importKeras(renamed(gru, swapped))).toEqual(importKeras(gru));
  });

  test('finds the order of layers of two kinds in their shapes, where only one fits', () => {
    const definition: ModelDefinition = {
      input: 3,
      layers: [recurrent('lstm', 4), recurrent('gru', 5)],
      output: dense(2),
    };
    const file = exportKeras(model(definition));
    const auto = renamed(file, (name) => name.replace('lstm_0', 'lstm_8').replace('gru_1', 'gru_3'));
    expect(importKeras(auto).definition).toEqual(definition);
    const ambiguous = exportKeras(
      model({ input: 4, layers: [recurrent('lstm', 4), recurrent('gru', 4)], output: dense(2) }),
    );
    const unknown = renamed(ambiguous, (name) => name.replace('lstm_0', 'lstm_8').replace('gru_1', 'gru_3'));
    expect(() => importKeras(unknown)).toThrow(/order of its layers/);
  });

  test('asks whether the reset comes after where a GRU has no bias', () => {
    const file = edited(gru, (tensors) => {
      for (const name of ['gru_0/bias', 'gru_1/bias']) tensors.delete(name);
    });
    expect(() => importKeras(file)).toThrow(/reset_after/);
    expect(importKeras(file, { resetAfter: false }).definition.layers[1]).toEqual({
      cell: 'gru',
      units: 4,
      resetAfter: false,
    });
  });

  test.each<[string, (tensors: Map<string, Tensor>) => void, RegExp]>([
    ['a tensor it has no use for', (t) => t.set('norm/gamma', zeros(4)), /norm\/gamma/],
    ['a second dense layer', (t) => t.set('more/kernel', zeros(2, 2)), /more than one/],
    ['a bias alone', (t) => t.set('more/bias', zeros(2)), /more\/bias/],
    ['a missing kernel', (t) => t.delete('gru_1/kernel'), /gru_1\/kernel/],
    ['a GRU’s old cuDNN bias', (t) => t.set('gru_0/bias', zeros(24)), /bias of gru/],
    ['a kernel of another width', (t) => t.set('gru_0/kernel', zeros(3, 16)), /kernel must be/],
    ['five gates', (t) => t.set('gru_0/recurrent_kernel', zeros(4, 20)), /no known cell/],
    ['a readout of another height', (t) => t.set('head/kernel', zeros(5, 2)), /must be \[2,4\]/],
    ['a readout’s bias of another length', (t) => t.set('head/bias', zeros(3)), /must be \[2\]/],
  ])('refuses %s', (_, edit, message) => {
    const file = edited(gru, edit);
    expect(() => importKeras(file)).toThrow(invalidFile);
    expect(() => importKeras(file)).toThrow(message);
  });
});
