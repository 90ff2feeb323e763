import { cellOf, isEmbedding, type ModelDefinition } from '../../src/checkpoint/definition.js';
import { readSafetensors } from '../../src/checkpoint/safetensors.js';
import { exportKeras } from '../../src/interop/export/keras.js';
import { model } from '../checkpoint/randomModel.js';

type Config = Record<string, unknown>;
interface Layer {
  class_name: string;
  config: Config;
}

/** A model.json as tensorflowjs_converter 4 writes it for a Keras Sequential, and its shards of at most `shardBytes`. */
export function tfjsOf(definition: ModelDefinition, shardBytes = 100, seed = 7) {
  const tensors = [...readSafetensors(exportKeras(model(definition, seed))).tensors];
  const layers: Layer[] = [
    { class_name: 'InputLayer', config: { name: 'input_1', batch_input_shape: [null, null, definition.input] } },
  ];
  definition.layers.forEach((layer, i) => {
    if (isEmbedding(layer)) {
      layers.push({
        class_name: 'Embedding',
        config: { name: 'embedding', input_dim: layer.symbols, output_dim: layer.width, mask_zero: false },
      });
      return;
    }
    const at = i - (isEmbedding(definition.layers[0]) ? 1 : 0);
    layers.push({
      class_name: cellOf(layer, 'test').foreign.keras?.layer ?? '',
      config: {
        name: `${layer.cell}_${at}`,
        trainable: true,
        units: layer.units,
        activation: layer.activation ?? 'tanh',
        ...(layer.cell === 'rnn' ? {} : { recurrent_activation: 'sigmoid' }),
        ...(layer.cell === 'gru' ? { reset_after: layer.resetAfter ?? true } : {}),
        use_bias: true,
        kernel_initializer: { class_name: 'GlorotUniform', config: { seed: null } },
        bias_regularizer: null,
        dropout: 0.2,
        recurrent_dropout: 0,
        return_sequences: true,
        return_state: false,
        go_backwards: false,
        stateful: false,
        unroll: false,
        time_major: false,
      },
    });
    layers.push({ class_name: 'Dropout', config: { name: `dropout_${i}`, rate: 0.2 } });
  });
  const { output } = definition;
  if (output) {
    const config = { name: 'head', units: output.units, activation: output.activation ?? 'linear', use_bias: true };
    layers.push({ class_name: 'Dense', config });
  }
  const bytes = Uint8Array.from(tensors.flatMap(([, tensor]) => [...tensor.bytes]));
  const count = Math.ceil(bytes.byteLength / shardBytes);
  const paths = Array.from({ length: count }, (_, i) => `group1-shard${i + 1}of${count}.bin`);
  const json = {
    format: 'layers-model',
    generatedBy: 'keras v2.12.0',
    modelTopology: {
      keras_version: '2.12.0',
      model_config: { class_name: 'Sequential', config: { name: 'sequential', layers } },
    },
    weightsManifest: [
      {
        paths,
        weights: tensors.map(([name, { shape }]) => ({
          // Keras has a cell's name between a layer's and a weight's.
          name: name.replace(/^(lstm|gru|rnn)_(\d)\//, '$1_$2/$1_cell_$2/'),
          shape: [...shape],
          dtype: 'float32',
        })),
      },
    ],
  };
  const shards = Object.fromEntries(paths.map((path, i) => [path, bytes.slice(i * shardBytes, (i + 1) * shardBytes)]));
  return { json, layers, shards, bytes };
}
