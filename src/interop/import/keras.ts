import { invalidFile } from '../../checkpoint/invalidFile.js';
import { readSafetensors } from '../../checkpoint/safetensors.js';
import type { RnnActivation } from '../../nn/cells/rnn/index.js';
import type { DenseActivation } from '../../nn/readouts/readout.js';
import { cellIn } from '../foreign.js';
import { assemble } from './assemble.js';
import type { Imported } from './imported.js';
import { fromKerasDense, fromKerasRecurrent } from './kerasLayers.js';
import { TensorBag } from './tensorBag.js';

/** What Keras's weights alone do not say. */
export interface KerasOptions {
  /** Of SimpleRNN layers. Default `tanh`, as Keras's. */
  readonly activation?: RnnActivation;
  /** Of the dense layer. Default `linear`. */
  readonly outputActivation?: DenseActivation;
  /** Of GRU layers without a bias, where nothing else tells. */
  readonly resetAfter?: boolean;
}

/**
 * A model from Keras's weights in a safetensors file, `layer/kernel`, `layer/recurrent_kernel`, `layer/bias` and
 * `layer/embeddings`: an Embedding (or none), LSTM, GRU or SimpleRNN layers, and a Dense layer (or none).
 * The layers' order is that of the numbers in their names, or the only one that their shapes allow.
 *
 *     const { definition, weights } = importKeras(await readFile('model.safetensors'));
 *
 * Fails with `invalid-file` on layers of another kind, an order that nothing tells, and any tensor it has no use for.
 */
export function importKeras(file: Uint8Array, options: KerasOptions = {}): Imported {
  const where = 'Keras weights';
  const bag = TensorBag.fromSafetensors(where, readSafetensors(file));
  const recurrent: LayerName[] = [];
  const dense: LayerName[] = [];
  const embeddings: string[] = [];
  for (const name of bag.names) {
    const [, path, what] = /^(.+)[/.](kernel|recurrent_kernel|bias|embeddings)(?::0)?$/.exec(name) ?? [];
    if (path === undefined || what === undefined) continue;
    const layer = { path, tensor: (part: string) => name.replace(/(kernel|recurrent_kernel)((?::0)?)$/, `${part}$2`) };
    if (what === 'recurrent_kernel') recurrent.push({ path, tensor: (part) => name.replace('recurrent_kernel', part) });
    if (what === 'kernel' && !bag.has(layer.tensor('recurrent_kernel'))) dense.push(layer);
    if (what === 'embeddings') embeddings.push(name);
  }
  if (dense.length > 1 || embeddings.length > 1) {
    const names = [...dense.map(({ path }) => path), ...embeddings].join(', ');
    throw invalidFile(where, `has more than one dense layer or embedding: ${names}`);
  }
  const layers = inOrder(bag, recurrent).map(({ path, tensor }) => {
    const recurrentKernel = bag.take(tensor('recurrent_kernel'));
    const [units = 0, columns = 0] = recurrentKernel.shape;
    const cell = cellIn('keras', (_, { gates }) => gates === columns / units);
    if (cell === undefined)
      throw invalidFile(where, `${path} has recurrent_kernel [${recurrentKernel.shape}], of no known cell`);
    const kernel = bag.take(tensor('kernel'));
    const bias = bag.takeIfAny(tensor('bias'));
    const { activation, resetAfter } = options;
    return fromKerasRecurrent(`${where} ${path}`, cell, {
      kernel,
      recurrentKernel,
      bias,
      activation,
      resetAfter: bias ? undefined : resetAfter,
    });
  });
  const readout = dense.map(({ path, tensor }) =>
    fromKerasDense(
      `${where} ${path}`,
      bag.take(tensor('kernel')),
      bag.takeIfAny(tensor('bias')),
      options.outputActivation,
    ),
  )[0];
  const embedding = embeddings[0] === undefined ? undefined : bag.take(embeddings[0]);
  bag.finish();
  return assemble(where, { embedding, layers, readout });
}

interface LayerName {
  readonly path: string;
  readonly tensor: (part: string) => string;
}

/** The order of layers, from their names' numbers if these count one kind or all of them, else from their shapes if only one order fits. */
function inOrder(bag: TensorBag, layers: readonly LayerName[]): readonly LayerName[] {
  const number = ({ path }: LayerName) => Number(/(\d+)\D*$/.exec(path)?.[1] ?? 0);
  const stems = new Set(layers.map(({ path }) => path.replace(/_?\d+(?=\D*$)/, '')));
  const sorted = [...layers].sort((a, b) => number(a) - number(b));
  const distinct = new Set(layers.map(number)).size === layers.length;
  if (distinct && (stems.size <= 1 || sorted.every((layer, i) => number(layer) === i))) return sorted;

  const size = (layer: LayerName, part: string) => bag.shapeOf(layer.tensor(part))[0] ?? 0;
  const fitting =
    layers.length > 6
      ? []
      : permutations(layers).filter((order) =>
          order.every((layer, i) => i === 0 || size(layer, 'kernel') === size(order[i - 1], 'recurrent_kernel')),
        );
  if (fitting.length === 1) return fitting[0];
  const names = layers.map(({ path }) => path).join(', ');
  throw invalidFile(bag.where, `does not tell the order of its layers ${names}; number them, as in lstm_0, gru_1`);
}

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, i) => permutations(items.filter((_, j) => j !== i)).map((rest) => [item, ...rest]));
}
