import { decodeCheckpoint, encodeCheckpoint, type ModelDefinition } from 'rx-eddy/checkpoint';
import { importWeights } from 'rx-eddy/interop';
import type { NetworkRecord } from '../messages.js';

/** A learned pedal as the file that `eddy audio apply` plays. */
export function encodePedal({ definition, weights }: NetworkRecord, sampleRate: number): Uint8Array {
  return encodeCheckpoint({ epoch: 1, offset: 0, definition, weights, state: { sampleRate } });
}

export interface PedalFile {
  readonly network: NetworkRecord;
  /** Of the sound it was learned from; undefined where the file does not say. */
  readonly sampleRate: number | undefined;
  /** What it is, where it can be learned on; undefined for a network of another shape, which only plays. */
  readonly shape: { readonly cell: string; readonly units: number } | undefined;
}

/**
 * A pedal from a file of any kind that eddy reads: its own, or a player's such as GuitarML's and RTNeural's JSON.
 * @throws EddyError `invalid-file`
 */
export function decodePedal(file: Uint8Array): PedalFile {
  const { format, definition, weights } = importWeights(file);
  const rate = format === 'eddy' ? decodeCheckpoint(file).state.sampleRate : undefined;
  return {
    network: { definition, weights },
    sampleRate: typeof rate === 'number' ? rate : undefined,
    shape: shapeOf(definition),
  };
}

function shapeOf({ input, layers, output, skip }: ModelDefinition): PedalFile['shape'] {
  const [layer] = layers;
  if (layers.length !== 1 || input !== 1 || output?.units !== 1 || !skip || 'symbols' in layer) return undefined;
  return { cell: layer.cell, units: layer.units };
}
