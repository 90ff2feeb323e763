import { describe, expect, test } from 'vitest';
import type { ModelDefinition } from '../../src/checkpoint/definition.js';
import { exportGuitarml } from '../../src/interop/export/guitarml.js';
import { exportRtneural } from '../../src/interop/export/rtneural.js';
import { importGuitarml } from '../../src/interop/import/guitarml.js';
import { importRtneural } from '../../src/interop/import/rtneural.js';
import { importWeights } from '../../src/interop/importWeights.js';
import { dense, model, recurrent } from '../checkpoint/randomModel.js';

const invalidFile = expect.objectContaining({ name: 'EddyError', code: 'invalid-file' });
const lstm = model({ input: 1, layers: [recurrent('lstm', 3)], output: dense(1) });
const gru = model({ input: 2, layers: [recurrent('gru', 2), recurrent('gru', 2)], output: dense(1) });

/** The same model with its first input added to its output. */
const adding = ({ definition, weights }: typeof lstm) => ({ definition: { ...definition, skip: true }, weights });

/** A JSON file with some fields set, `undefined` to take one away. */
const edited = (text: string, path: (string | number)[], value: unknown): string => {
  const json = JSON.parse(text);
  let at = json;
  for (const name of path.slice(0, -1)) at = at[name];
  at[path.at(-1) ?? ''] = value;
  return JSON.stringify(json);
};

describe('RTNeural JSON', () => {
  test('in Keras’s layouts is read by the layouts’ own definition', () => {
    // kernel[in][gate], gates z r h; a number says where it stands: layer 1, input 2, gate 3, unit 4 is 1.234.
    const at = (kind: number, row: number, columns: number) =>
      Array.from({ length: columns }, (_, j) => kind + row / 10 + (1 + Math.floor(j / 2)) / 100 + (1 + (j % 2)) / 1000);
    const file = {
      in_shape: [null, null, 2],
      layers: [
        {
          type: 'gru',
          activation: 'tanh',
          shape: [null, null, 2],
          weights: [
            [at(1, 1, 6), at(1, 2, 6)],
            [at(2, 1, 6), at(2, 2, 6)],
            [at(3, 1, 6), at(3, 2, 6)],
          ],
        },
        {
          type: 'time-distributed-dense',
          activation: 'sigmoid',
          shape: [null, null, 1],
          weights: [[[0.5], [0.25]], [0.75]],
        },
      ],
    };
    const { definition, weights } = importRtneural(JSON.stringify(file));
    expect(definition).toEqual({
      input: 2,
      layers: [{ cell: 'gru', units: 2, resetAfter: true }],
      output: { readout: 'dense', units: 1, activation: 'sigmoid' },
    });
    const numbers = (name: string) => [...weights[name].data].map((value) => Number(value.toFixed(3)));
    // PyTorch's rows: gates r z n, each of two units.
    expect(numbers('layers.0.weight_ih')).toEqual([
      1.121, 1.221, 1.122, 1.222, 1.111, 1.211, 1.112, 1.212, 1.131, 1.231, 1.132, 1.232,
    ]);
    expect(numbers('layers.0.weight_hh').slice(0, 4)).toEqual([2.121, 2.221, 2.122, 2.222]);
    expect(numbers('layers.0.bias_ih')).toEqual([3.121, 3.122, 3.111, 3.112, 3.131, 3.132]);
    expect(numbers('layers.0.bias_hh')).toEqual([3.221, 3.222, 3.211, 3.212, 3.231, 3.232]);
    expect([...weights['output.weight'].data, ...weights['output.bias'].data]).toEqual([0.5, 0.25, 0.75]);
  });

  test('comes back as it was written, in_skip too', () => {
    const text = exportRtneural(adding(gru));
    expect(JSON.parse(text).in_skip).toBe(1);
    expect(importWeights(new TextEncoder().encode(text))).toEqual({ format: 'rtneural', ...adding(gru) });
    const once = importRtneural(exportRtneural(lstm));
    expect(importRtneural(exportRtneural(once))).toEqual(once);
  });

  const text = exportRtneural(gru);
  test.each<[string, string, RegExp]>([
    ['an unknown layer', edited(text, ['layers', 0, 'type'], 'conv1d'), /conv1d/],
    ['a layer after the dense one', edited(text, ['layers', 0], JSON.parse(text).layers[2]), /after the dense layer/],
    ['another activation', edited(text, ['layers', 0, 'activation'], 'relu'), /relu/],
    ['a dense activation that eddy has not', edited(text, ['layers', 2, 'activation'], 'elu'), /elu/],
    [
      'two of three weights',
      edited(text, ['layers', 0, 'weights', 2], undefined).replace(',null]', ']'),
      /must have 3 arrays/,
    ],
    ['rows of unequal length', edited(text, ['layers', 0, 'weights', 0, 1], [1]), /rows of equal length/],
    ['a word among numbers', edited(text, ['layers', 0, 'weights', 0, 1, 0], 'NaN'), /must hold numbers/],
    [
      'a shape that is not its weights’',
      edited(text, ['layers', 0, 'shape'], [null, null, 3]),
      /weights are of 2 units/,
    ],
    ['in_shape of another width', edited(text, ['in_shape'], [null, null, 1]), /first layer takes 2/],
    ['in_skip 2', edited(text, ['in_skip'], 2), /only 0, or 1/],
    ['in_skip over a sigmoid', edited(edited(text, ['in_skip'], 1), ['layers', 2, 'activation'], 'sigmoid'), /linear/],
    ['a gain', edited(text, ['out_gain'], 6), /0 dB/],
    ['an unknown field', edited(text, ['residual'], true), /residual/],
    ['an unknown field of a layer', edited(text, ['layers', 1, 'peephole'], true), /peephole/],
    ['no layers', edited(text, ['layers'], []), /no recurrent layer/],
    ['a number too large', text.replace(/\d\.\d+/, '1e39'), /finite/],
  ])('is refused with %s', (_, file, message) => {
    expect(() => importRtneural(file)).toThrow(invalidFile);
    expect(() => importRtneural(file)).toThrow(message);
  });

  test.each<[string, ModelDefinition]>([
    ['an RNN', { input: 1, layers: [recurrent('rnn', 2)], output: dense(1) }],
    ['an embedding', { input: 1, layers: [{ cell: 'embedding', symbols: 2, width: 2 }, recurrent('lstm', 2)] }],
    ['a GRU with the reset before', { input: 1, layers: [recurrent('gru', 2, { resetAfter: false })] }],
  ])('is not written for %s', (_, definition) => {
    expect(() => exportRtneural(model(definition))).toThrow(expect.objectContaining({ code: 'invalid-option' }));
  });
});

describe('GuitarML JSON', () => {
  test('comes back as it was written, skip too', () => {
    const text = exportGuitarml(adding(lstm));
    expect(importWeights(new TextEncoder().encode(text))).toEqual({ format: 'guitarml', ...adding(lstm) });
    expect(importGuitarml(exportGuitarml(gru))).toEqual(gru);
  });

  test('may be a bare state_dict', () => {
    const { state_dict } = JSON.parse(exportGuitarml(gru));
    expect(importGuitarml(JSON.stringify(state_dict))).toEqual(gru);
  });

  const text = exportGuitarml(lstm);
  test.each<[string, string, RegExp]>([
    ['another unit_type', edited(text, ['model_data', 'unit_type'], 'GRU'), /unit_type "GRU"/],
    ['another size', edited(text, ['model_data', 'hidden_size'], 40), /hidden_size 40/],
    ['another kind of model', edited(text, ['model_data', 'model'], 'ConvSimpleRNN'), /ConvSimpleRNN/],
    ['skip 2', edited(text, ['model_data', 'skip'], 2), /only 0, or 1/],
    ['both directions', edited(text, ['model_data', 'bidirectional'], true), /bidirectional/],
    ['a tensor too many', edited(text, ['state_dict', 'conv.weight'], [[[1]]]), /several layers/],
    ['a tensor missing', edited(text, ['state_dict', 'rec.bias_hh_l0'], undefined), /only one of/],
    ['no array', edited(text, ['state_dict', 'lin.bias'], 1), /array of numbers/],
  ])('is refused with %s', (_, file, message) => {
    expect(() => importGuitarml(file)).toThrow(invalidFile);
    expect(() => importGuitarml(file)).toThrow(message);
  });
});
