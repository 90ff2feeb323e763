import type { Heap } from './heap.js';

/** A kernel's record: where each field stands and what it holds. */
export type RecordLayout = { readonly [field: string]: { readonly at: number; readonly type: 'u32' | 'f32' | 'f64' } };

/** Writes one field of the record at `address`; allocates nothing. */
export function writeField(heap: Heap, { at, type }: RecordLayout[string], address: number, value: number): void {
  const place = address + at;
  if (type === 'f64') heap.f64[place >> 3] = value;
  else if (type === 'f32') heap.f32[place >> 2] = value;
  else heap.u32[place >> 2] = value;
}

/** Writes the given fields of the record at `address`. */
export function writeRecord<L extends RecordLayout>(
  heap: Heap,
  layout: L,
  address: number,
  values: { readonly [field in keyof L]?: number },
): void {
  for (const field in values) writeField(heap, layout[field], address, values[field] ?? 0);
}
