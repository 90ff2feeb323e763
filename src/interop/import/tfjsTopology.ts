import { invalidFile } from '../../checkpoint/invalidFile.js';
import { asArray, asObject, asString, describe, type Json, type JsonObject } from '../../checkpoint/json.js';

/** One layer that has weights. */
export interface KerasLayerConfig {
  readonly type: string;
  readonly name: string;
  readonly config: JsonObject;
}

/** Layers that do nothing once a model is trained. */
const PASSED_OVER = new Set(['InputLayer', 'Dropout', 'SpatialDropout1D', 'GaussianNoise', 'GaussianDropout']);
const WITH_WEIGHTS = new Set(['LSTM', 'GRU', 'SimpleRNN', 'Dense', 'Embedding']);

/** Options that change nothing about what a trained model computes for one sequence. */
const HARMLESS =
  /^(name|trainable|dtype|batch_input_shape|batch_shape|build_config|units|use_bias|activation|recurrent_activation|reset_after|return_sequences|\w+_initializer|\w+_regularizer|\w+_constraint|dropout|recurrent_dropout|unit_forget_bias|implementation|stateful|unroll|input_dim|output_dim|input_length|input_shape|batch_size|seed|quantization_config|lora_rank)$/;
/** Options that must have this value, or stand for what eddy does not do. */
const REQUIRED = new Map<string, Json>([
  ['go_backwards', false],
  ['return_state', false],
  ['time_major', false],
  ['zero_output_for_mask', false],
  ['mask_zero', false],
  ['num_constants', null],
]);

/**
 * The layers of a Keras model that have weights, in their order.
 * Fails with `invalid-file` unless the model is one chain of layers that are known.
 */
export function readTopology(where: string, json: Json | undefined): KerasLayerConfig[] {
  const topology = asObject(json, `${where} modelTopology`);
  const model = asObject(topology.model_config ?? topology, `${where} model_config`);
  const type = asString(model.class_name, `${where} class_name`);
  const isChain = type === 'Sequential';
  if (!isChain && type !== 'Model' && type !== 'Functional') {
    throw invalidFile(where, `is a ${describe(type)}; only Sequential and functional models are supported`);
  }
  const layers = Array.isArray(model.config)
    ? model.config
    : asArray(asObject(model.config, `${where} config`).layers, `${where} layers`);
  const read = layers.map((layer) => readLayer(where, layer));
  if (!isChain)
    checkChain(
      where,
      layers.map((layer) => asObject(layer, where)),
      read,
    );
  return read.filter(({ type }) => !PASSED_OVER.has(type));
}

function readLayer(where: string, json: Json): KerasLayerConfig {
  const { class_name, config: configured } = asObject(json, `${where} layer`);
  const type = asString(class_name, `${where} layer class_name`);
  const config = asObject(configured, `${where} layer config`);
  const name = asString(config.name, `${where} layer name`);
  if (type === 'TimeDistributed') {
    const inner = readLayer(where, config.layer ?? null);
    if (inner.type !== 'Dense')
      throw invalidFile(where, `"${name}" distributes a ${inner.type} over time; only Dense is supported`);
    return { ...inner, name };
  }
  if (PASSED_OVER.has(type)) return { type, name, config };
  if (!WITH_WEIGHTS.has(type))
    throw invalidFile(where, `"${name}" is a ${describe(type)} layer, which is not supported`);
  for (const [option, value] of Object.entries(config)) {
    const required = REQUIRED.get(option);
    if (required !== undefined ? value !== required && value !== null : !HARMLESS.test(option)) {
      throw invalidFile(where, `"${name}" has ${option}: ${describe(value)}, which is not supported`);
    }
  }
  return { type, name, config };
}

/** A functional model names each layer's inputs: here the one before it, alone. */
function checkChain(where: string, layers: readonly JsonObject[], read: readonly KerasLayerConfig[]): void {
  layers.forEach(({ inbound_nodes, name }, i) => {
    const expected = i === 0 ? [] : [[[layers[i - 1].name, 0, 0, {}]]];
    if (JSON.stringify(inbound_nodes ?? []) !== JSON.stringify(expected)) {
      throw invalidFile(
        where,
        `"${read[i].name}" (${describe(name)}) does not follow the layer before it alone; branches are not supported`,
      );
    }
  });
}
