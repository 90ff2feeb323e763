import { toFloat32 } from '../../checkpoint/dtype.js';
import { invalidFile } from '../../checkpoint/invalidFile.js';
import { describe } from '../../checkpoint/json.js';
import type { Safetensors } from '../../checkpoint/safetensors.js';
import { sameShape, type WeightTensor } from '../../checkpoint/weights.js';

/** Names that an error says, of many. */
const NAMED = 8;

/**
 * A file's tensors by name, which remembers what was taken: an importer that leaves one behind has not understood the file.
 * Every number is a finite float32.
 */
export class TensorBag {
  private readonly left: Map<string, WeightTensor>;

  constructor(
    readonly where: string,
    tensors: Iterable<readonly [string, WeightTensor]>,
  ) {
    this.left = new Map(tensors);
    for (const [name, { shape, data }] of this.left) {
      if (data.length !== shape.reduce((a, b) => a * b, 1)) {
        throw invalidFile(where, `"${name}" is [${shape}] and has ${data.length} numbers`);
      }
      const at = data.findIndex((value) => !Number.isFinite(value));
      if (at >= 0) throw invalidFile(where, `"${name}" must hold finite float32 numbers, got ${data[at]} at ${at}`);
    }
  }

  /** The float tensors of a safetensors file; a tensor of integers is refused, since no weight is one. */
  static fromSafetensors(where: string, { tensors }: Safetensors): TensorBag {
    return new TensorBag(
      where,
      [...tensors].map(([name, { dtype, shape, bytes }]) => {
        const data = toFloat32(dtype, bytes);
        if (data === undefined) throw invalidFile(where, `"${name}" is ${dtype}; weights are floats, remove it`);
        return [name, { shape, data }];
      }),
    );
  }

  /** Whether a tensor is still there. */
  has(name: string): boolean {
    return this.left.has(name);
  }

  /** All that are still there, as a new array. */
  get names(): string[] {
    return [...this.left.keys()];
  }

  /** Takes a tensor out; fails with `invalid-file` if it is not there or of another shape. */
  take(name: string, shape?: readonly number[]): WeightTensor {
    const tensor = this.left.get(name);
    if (tensor === undefined) throw invalidFile(this.where, `has no tensor "${name}"`);
    if (shape !== undefined && !sameShape(shape, tensor.shape)) {
      throw invalidFile(this.where, `"${name}" must be [${shape}], got [${tensor.shape}]`);
    }
    this.left.delete(name);
    return tensor;
  }

  takeIfAny(name: string, shape?: readonly number[]): WeightTensor | undefined {
    return this.left.has(name) ? this.take(name, shape) : undefined;
  }

  /** The shape of a tensor that is still there. */
  shapeOf(name: string): readonly number[] {
    const tensor = this.left.get(name);
    if (tensor === undefined) throw invalidFile(this.where, `has no tensor "${name}"`);
    return tensor.shape;
  }

  /** Fails with `invalid-file` if anything is left. */
  finish(): void {
    if (this.left.size > 0) {
      const more = this.left.size > NAMED ? ` and ${this.left.size - NAMED} more` : '';
      const names = this.names.slice(0, NAMED).map(describe).join(', ') + more;
      throw invalidFile(this.where, `has tensors that belong to no layer known here: ${names}`);
    }
  }
}
