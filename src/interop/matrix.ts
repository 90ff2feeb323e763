import type { WeightTensor } from '../checkpoint/weights.js';

/** Rows and columns of a matrix swapped. */
export function transpose({ shape: [rows = 1, columns = 1], data }: WeightTensor): WeightTensor {
  const swapped = new Float32Array(data.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) swapped[column * rows + row] = data[row * columns + column];
  }
  return { shape: [columns, rows], data: swapped };
}

/** A tensor whose rows are gates × units, with its gates in another order: gate g of the result is gate `order[g]` of the source. */
export function reorderGates({ shape, data }: WeightTensor, order: readonly number[]): WeightTensor {
  const size = data.length / order.length;
  const reordered = new Float32Array(data.length);
  order.forEach((from, to) => {
    reordered.set(data.subarray(from * size, (from + 1) * size), to * size);
  });
  return { shape, data: reordered };
}

/** The order that undoes `order`. */
export function inverseOrder(order: readonly number[]): number[] {
  return order.map((_, to) => order.indexOf(to));
}

/** b + b′, where a zero leaves the other's bits alone, those of −0 too. */
export function addBiases(a: WeightTensor, b: WeightTensor): WeightTensor {
  return { shape: a.shape, data: a.data.map((value, i) => (b.data[i] === 0 ? value : value + b.data[i])) };
}

export function zeroTensor(...shape: number[]): WeightTensor {
  return { shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) };
}
