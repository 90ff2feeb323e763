import type { Heap } from './heap.js';

/** A kernel's record: where each field stands and what it holds. */
export type RecordLayout = { readonly [field: string]: { readonly at: number; readonly type: 'u32' | 'f32' | 'f64' } };

/** Writes the given fields of the record at `address`. */
export function writeRecord<L extends RecordLayout>(
  heap: Heap,
  layout: L,
  address: number,
  values: { readonly [field in keyof L]?: number },
): void {
  for (const field in values) {
    const { at, type } = layout[field];
    const place = address + at;
    if (type === 'f64') heap.f64[place >> 3] = values[field] ?? 0;
    else if (type === 'f32') heap.f32[place >> 2] = values[field] ?? 0;
    else heap.u32[place >> 2] = values[field] ?? 0;
  }
}
