import { halfToNumber } from '../../checkpoint/dtype.js';
import { invalidFile } from '../../checkpoint/invalidFile.js';
import { asArray, asCount, asObject, asString, describe, type Json } from '../../checkpoint/json.js';
import type { WeightTensor } from '../../checkpoint/weights.js';
import { TensorBag } from './tensorBag.js';

/** Bytes of a stored number, by the type that quantization names. */
const STORED_BYTES = { float32: 4, float16: 2, uint16: 2, uint8: 1 } as const;
type Stored = keyof typeof STORED_BYTES;

/**
 * The tensors that a `weightsManifest` describes. Within a group the shards are one run of bytes, in which the weights stand one after the
 * other; quantized ones (float16; uint8 and uint16, value · scale + min) become float32 as tfjs makes them.
 *
 * Fails with `invalid-file` on a missing shard, bytes missing or left over, and a type that is not float32.
 */
export function readTfjsWeights(
  where: string,
  manifest: Json | undefined,
  shards: Readonly<Record<string, Uint8Array>>,
): TensorBag {
  const tensors = new Map<string, WeightTensor>();
  const used = new Set<string>();
  for (const group of asArray(manifest, `${where} weightsManifest`)) {
    const { paths, weights } = asObject(group, `${where} weightsManifest`);
    const parts = asArray(paths, `${where} paths`).map((path) => {
      const name = asString(path, `${where} paths`);
      if (used.has(name)) throw invalidFile(where, `names the shard ${describe(name)} twice`);
      used.add(name);
      const shard = Object.hasOwn(shards, name) ? shards[name] : undefined;
      if (shard === undefined) throw invalidFile(where, `needs its shard ${describe(name)}, which was not given`);
      return shard;
    });
    const bytes = join(parts);
    let at = 0;
    for (const entry of asArray(weights, `${where} weights`)) {
      const { name, shape, stored, scale, min } = readEntry(where, entry);
      if (tensors.has(name)) throw invalidFile(where, `names the weight ${describe(name)} twice`);
      const count = shape.reduce((a, b) => a * b, 1);
      const end = at + count * STORED_BYTES[stored];
      if (!(end <= bytes.byteLength)) {
        throw invalidFile(where, `"${name}" [${shape}] ends at byte ${end} of ${bytes.byteLength}`);
      }
      tensors.set(name, { shape, data: decode(new Uint8Array(bytes.subarray(at, end)), stored, scale, min) });
      at = end;
    }
    if (at !== bytes.byteLength) throw invalidFile(where, `${bytes.byteLength - at} bytes belong to no weight`);
  }
  return new TensorBag(where, tensors);
}

function readEntry(where: string, json: Json) {
  const { name: named, shape: sizes, dtype, quantization } = asObject(json, `${where} weights`);
  const name = asString(named, `${where} weights name`);
  const shape = asArray(sizes, `${where} "${name}" shape`).map((size) => asCount(size, `${where} "${name}" shape`));
  if (dtype !== 'float32') throw invalidFile(where, `"${name}" is ${describe(dtype)}; weights are float32`);
  if (quantization === undefined) return { name, shape, stored: 'float32', scale: 1, min: 0 } as const;
  const { dtype: stored, scale = 1, min = 0 } = asObject(quantization, `${where} "${name}" quantization`);
  if (!isStored(stored) || stored === 'float32' || typeof scale !== 'number' || typeof min !== 'number') {
    throw invalidFile(where, `"${name}" is quantized as ${describe(stored)}; known are float16, uint16 and uint8`);
  }
  return { name, shape, stored, scale, min };
}

function isStored(name: Json | undefined): name is Stored {
  return typeof name === 'string' && Object.hasOwn(STORED_BYTES, name);
}

/** `bytes` begin at an aligned address, since they are a copy. */
function decode(bytes: Uint8Array, stored: Stored, scale: number, min: number): Float32Array {
  switch (stored) {
    case 'float32':
      return new Float32Array(bytes.buffer);
    case 'float16':
      return Float32Array.from(new Uint16Array(bytes.buffer), halfToNumber);
    case 'uint16':
      return Float32Array.from(new Uint16Array(bytes.buffer), (value) => value * scale + min);
    case 'uint8':
      return Float32Array.from(bytes, (value) => value * scale + min);
  }
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0];
  const whole = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}
