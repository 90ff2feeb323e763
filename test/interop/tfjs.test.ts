import { describe, expect, test } from 'vitest';
import type { ModelDefinition } from '../../src/checkpoint/definition.js';
import { readSafetensors } from '../../src/checkpoint/safetensors.js';
import { exportKeras } from '../../src/interop/export/keras.js';
import { importTfjs } from '../../src/interop/import/tfjs.js';
import { importWeights, shardPaths } from '../../src/interop/importWeights.js';
import { dense, model, recurrent } from '../checkpoint/randomModel.js';
import { tfjsOf } from './tfjsModel.js';

type Made = ReturnType<typeof tfjsOf>;

const definition: ModelDefinition = { input: 3, layers: [recurrent('gru', 4), recurrent('lstm', 2)], output: dense(2) };

describe('importTfjs', () => {
  test.each<[string, ModelDefinition]>([
    ['GRU and LSTM', definition],
    [
      'a GRU with the reset before',
      { input: 3, layers: [recurrent('gru', 4, { resetAfter: false })], output: dense(1) },
    ],
    [
      'SimpleRNN, relu',
      {
        input: 3,
        layers: [recurrent('rnn', 4, { activation: 'relu' })],
        output: { ...dense(3), activation: 'softmax' },
      },
    ],
    [
      'an embedding',
      { input: 1, layers: [{ cell: 'embedding', symbols: 5, width: 3 }, recurrent('lstm', 2)], output: dense(5) },
    ],
    ['no readout', { input: 3, layers: [recurrent('lstm', 4)] }],
  ])('takes a model of %s, whatever its shards', (_, wanted) => {
    for (const size of [7, 100, 1e6]) {
      const { json, shards } = tfjsOf(wanted, size);
      const file = new TextEncoder().encode(JSON.stringify(json));
      expect(shardPaths(file)).toEqual(Object.keys(shards));
      const imported = importWeights(file, { shards });
      expect(imported.definition).toEqual(wanted);
      expect(imported.format).toBe('tfjs');
      // What Keras has is there bit for bit.
      expect(readSafetensors(exportKeras(imported)).tensors).toEqual(
        readSafetensors(exportKeras(model(wanted))).tensors,
      );
    }
  });

  const edited = (edit: (made: Made) => void): [string, Made['shards']] => {
    const made = tfjsOf(definition);
    edit(made);
    return [JSON.stringify(made.json), made.shards];
  };
  const gru = ({ layers }: Made) => layers[1].config;
  const head = ({ layers }: Made) => layers[layers.length - 1].config;

  test('takes a functional model that is one chain, a distributed Dense, and tfjs’s own topology', () => {
    const [json, shards] = edited((made) => {
      const { layers } = made;
      layers[layers.length - 1] = {
        class_name: 'TimeDistributed',
        config: { name: 'head', layer: { class_name: 'Dense', config: { ...head(made), name: 'dense' } } },
      };
      const chain = layers.map((layer, i) => ({
        ...layer,
        name: layer.config.name,
        inbound_nodes: i === 0 ? [] : [[[layers[i - 1].config.name, 0, 0, {}]]],
      }));
      Object.assign(made.json, { modelTopology: { class_name: 'Functional', config: { layers: chain } } });
    });
    expect(importTfjs(json, shards).definition).toEqual(definition);
  });

  test.each<[string, number, (value: number) => number]>([
    ['uint8', 1, (stored) => Math.fround(stored * 0.01 - 1)],
    ['uint16', 2, (stored) => Math.fround(stored * 0.01 - 1)],
    ['float16', 2, (stored) => stored / 2 ** 24],
  ])('reads weights quantized as %s', (dtype, size, expected) => {
    const made = tfjsOf({ input: 1, layers: [recurrent('rnn', 1)] });
    const [group] = made.json.weightsManifest;
    const quantization = dtype === 'float16' ? { dtype } : { dtype, scale: 0.01, min: -1 };
    group.paths = ['all'];
    for (const weight of group.weights) Object.assign(weight, { quantization });
    const all = new Uint8Array(3 * size).map((_, i) => (i % size === 0 ? 10 + i / size : 0));
    const { weights } = importTfjs(JSON.stringify(made.json), { all });
    expect(weights['layers.0.weight_ih'].data[0]).toBe(expected(10));
    expect(weights['layers.0.weight_hh'].data[0]).toBe(expected(11));
    expect(weights['layers.0.bias_ih'].data[0]).toBe(expected(12));
  });

  test.each<[string, (made: Made) => void, RegExp]>([
    ['hard_sigmoid', (m) => Object.assign(gru(m), { recurrent_activation: 'hard_sigmoid' }), /hard_sigmoid/],
    [
      'no recurrent_activation, which is hard_sigmoid',
      (m) => delete gru(m).recurrent_activation,
      /in tfjs is hard_sigmoid/,
    ],
    ['another activation', (m) => Object.assign(gru(m), { activation: 'relu' }), /relu/],
    ['go_backwards', (m) => Object.assign(gru(m), { go_backwards: true }), /go_backwards/],
    ['return_state', (m) => Object.assign(gru(m), { return_state: true }), /return_state/],
    ['an option of tomorrow', (m) => Object.assign(gru(m), { peepholes: true }), /peepholes/],
    ['reset_after that its bias denies', (m) => Object.assign(gru(m), { reset_after: false }), /reset_after false/],
    [
      'only the last step between layers',
      (m) => Object.assign(gru(m), { return_sequences: false }),
      /return_sequences/,
    ],
    ['other units', (m) => Object.assign(gru(m), { units: 5 }), /says 5 units/],
    ['a bias that use_bias denies', (m) => Object.assign(gru(m), { use_bias: false }), /belong to no layer/],
    ['a Bidirectional layer', (m) => Object.assign(m.layers[1], { class_name: 'Bidirectional' }), /Bidirectional/],
    ['a ConvLSTM', (m) => Object.assign(m.layers[1], { class_name: 'ConvLSTM2D' }), /ConvLSTM2D/],
    [
      'normalisation',
      (m) => m.layers.splice(2, 0, { class_name: 'LayerNormalization', config: { name: 'n' } }),
      /LayerNormalization/,
    ],
    [
      'a layer after the dense one',
      (m) => m.layers.push({ ...m.layers[m.layers.length - 1] }),
      /after the dense layer/,
    ],
    ['a dense activation that eddy has not', (m) => Object.assign(head(m), { activation: 'elu' }), /elu/],
    ['masks', (m) => m.layers.splice(1, 0, { class_name: 'Masking', config: { name: 'mask' } }), /Masking/],
    ['a layer without weights', (m) => Object.assign(gru(m), { name: 'other' }), /no kernel/],
    ['weights without a layer', (m) => m.layers.pop(), /belong to no layer/],
    [
      'a branch',
      (m) =>
        Object.assign(m.json.modelTopology, {
          model_config: { class_name: 'Functional', config: { layers: m.layers } },
        }),
      /follow the layer before/,
    ],
    ['another kind of model', (m) => Object.assign(m.json, { format: 'graph-model' }), /graph-model/],
    ['a missing shard', (m) => delete m.shards[Object.keys(m.shards)[0]], /needs its shard/],
    [
      'bytes too few',
      (m) => Object.assign(m.shards, { [Object.keys(m.shards)[0]]: new Uint8Array(99) }),
      /ends at byte/,
    ],
    [
      'bytes too many',
      (m) => Object.assign(m.shards, { [Object.keys(m.shards)[0]]: new Uint8Array(101) }),
      /belong to no weight/,
    ],
    [
      'a shape past all counting',
      (m) => Object.assign(m.json.weightsManifest[0].weights[0], { shape: [2 ** 50, 2 ** 50] }),
      /ends at byte/,
    ],
    ['integers', (m) => Object.assign(m.json.weightsManifest[0].weights[0], { dtype: 'int32' }), /int32/],
    [
      'an unknown quantization',
      (m) =>
        Object.assign(m.json.weightsManifest[0].weights[0], { quantization: { dtype: 'uint4', scale: 1, min: 0 } }),
      /uint4/,
    ],
    [
      'a weight named twice',
      (m) => m.json.weightsManifest[0].weights.push({ ...m.json.weightsManifest[0].weights[0] }),
      /twice/,
    ],
    ['no topology', (m) => Object.assign(m.json, { modelTopology: null }), /modelTopology/],
  ])('refuses %s', (_, edit, message) => {
    const [json, shards] = edited(edit);
    expect(() => importTfjs(json, shards)).toThrow(
      expect.objectContaining({ name: 'EddyError', code: 'invalid-file' }),
    );
    expect(() => importTfjs(json, shards)).toThrow(message);
  });

  test.each(['../secret', '/etc/passwd', 'a/../../b', 'C:\\x', '..\\x'])(
    'has no shard %s outside its folder',
    (path) => {
      const { json } = tfjsOf(definition);
      json.weightsManifest[0].paths = [path];
      expect(() => shardPaths(new TextEncoder().encode(JSON.stringify(json)))).toThrow(/shard/);
    },
  );
});
