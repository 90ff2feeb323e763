import { asTensor, type WeightTensor } from '../../checkpoint/weights.js';
import { writeSafetensors } from '../../checkpoint/writeSafetensors.js';
import { cannotExport, type Exported, partsOf, refuseSkip } from './parts.js';

export interface PytorchNames {
  /** The recurrent module's name. Default: its cell's, `lstm`, `gru` or `rnn`. */
  readonly recurrent?: string;
  /** The nn.Linear's name. Default `head`. */
  readonly head?: string;
  /** The nn.Embedding's name. Default `embedding`. */
  readonly embedding?: string;
}

/**
 * A PyTorch state_dict as a safetensors file, for a module with one nn.LSTM, nn.GRU or nn.RNN, an nn.Linear and an nn.Embedding where the
 * model has them. What a state_dict never says, such as the nonlinearity of nn.RNN, is for that module to say.
 *
 *     await writeFile('model.safetensors', exportPytorch({ definition, weights: model.weights() }));
 *     // Python: module.load_state_dict(safetensors.torch.load_file('model.safetensors'))
 *
 * Fails with `invalid-option` on layers of several kinds or widths, which one nn module cannot be, and on a GRU with `resetAfter: false`.
 */
export function exportPytorch(model: Exported, names: PytorchNames = {}): Uint8Array {
  refuseSkip('PyTorch', model);
  const { embedding, layers, readout } = partsOf(model, 'pytorch', 'PyTorch');
  const { cell, units, activation = 'tanh' } = layers[0].layer;
  const tensors: [string, WeightTensor][] = [];
  if (embedding) tensors.push([`${names.embedding ?? 'embedding'}.weight`, embedding]);
  layers.forEach(({ layer, weightIh, weightHh, biasIh, biasHh }, l) => {
    if (layer.cell !== cell || layer.units !== units || (layer.activation ?? 'tanh') !== activation) {
      throw cannotExport('PyTorch', `layers 0 and ${l} differ in cell, units or activation, which no nn module has`);
    }
    if (layer.resetAfter === false) {
      throw cannotExport(
        'PyTorch',
        'nn.GRU applies the reset gate after the product, this model before (resetAfter: false)',
      );
    }
    const prefix = names.recurrent ?? cell;
    tensors.push([`${prefix}.weight_ih_l${l}`, weightIh], [`${prefix}.weight_hh_l${l}`, weightHh]);
    tensors.push([`${prefix}.bias_ih_l${l}`, biasIh], [`${prefix}.bias_hh_l${l}`, biasHh]);
  });
  const head = names.head ?? 'head';
  if (readout) tensors.push([`${head}.weight`, readout.weight], [`${head}.bias`, readout.bias]);
  return writeSafetensors(new Map(tensors.map(([name, tensor]) => [name, asTensor(tensor)])), { format: 'pt' });
}
