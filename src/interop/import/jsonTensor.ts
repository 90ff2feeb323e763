import { invalidFile } from '../../checkpoint/invalidFile.js';
import { describe, type Json } from '../../checkpoint/json.js';
import type { WeightTensor } from '../../checkpoint/weights.js';

/** A tensor from nested JSON arrays of numbers, all rows of equal length. Fails with `invalid-file` on anything else. */
export function readArray(json: Json, where: string): WeightTensor {
  const shape: number[] = [];
  for (let level: Json | undefined = json; Array.isArray(level); level = level[0]) shape.push(level.length);
  if (shape.length === 0) throw invalidFile(where, `must be an array of numbers, got ${describe(json)}`);
  const numbers: number[] = [];
  const read = (level: Json, depth: number): void => {
    if (depth === shape.length) {
      if (typeof level !== 'number') throw invalidFile(where, `must hold numbers, got ${describe(level)}`);
      numbers.push(level);
      return;
    }
    if (!Array.isArray(level) || level.length !== shape[depth]) {
      throw invalidFile(where, `must be [${shape}] with rows of equal length, got ${describe(level)} in it`);
    }
    for (const item of level) read(item, depth + 1);
  };
  read(json, 0);
  return { shape, data: Float32Array.from(numbers) };
}

/** Nested JSON arrays of a tensor's numbers; a float32 reads back exactly. */
export function writeArray({ shape, data }: WeightTensor): Json {
  const [rows = 0, columns] = shape;
  if (columns === undefined) return [...data];
  return Array.from({ length: rows }, (_, row) => [...data.subarray(row * columns, (row + 1) * columns)]);
}
