import { EddyError } from '../errors.js';

/** What a kind of cell is to the rest of eddy: its kernel's number and how wide its rows are, in units. */
export interface Cell {
  readonly name: string;
  /** Its kernel's number. */
  readonly kind: number;
  /** Rows of weight_ih for each unit. */
  readonly gates: number;
  /** What the gates are called, in the same order; none for a plain unit, whose one gate is its state. */
  readonly gateNames: readonly string[];
  /** Where the kernel has each gate, in PyTorch's order of them. */
  readonly columns: readonly number[];
  /** Gates of each packed matrix, as the kernel takes them in turn. */
  readonly panels: readonly number[];
  /** Numbers for each unit that forward leaves for backward. */
  readonly tape: number;
  /** Numbers for each unit that backward leaves of its gates' gradients. */
  readonly deltas: number;
  /** Is there a cell state c beside h? */
  readonly cellState: boolean;
  /** The start of gate g's input bias. */
  readonly startBias: (gate: number) => number;
}

/** A layer in a model's definition: made by `lstm(32)` and its like. */
export interface LayerSpec {
  readonly cell: Cell;
  readonly units: number;
  /** The cell's form, as its kernel numbers it. */
  readonly variant: number;
  /** The form in words, for messages and files. */
  readonly options: { readonly [name: string]: string | number | boolean };
}

/** Fails with `invalid-option` unless `value` is a whole number ≥ 1. */
export function requireCount(where: string, name: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 1) return;
  throw new EddyError('invalid-option', `${where}: ${name} must be a whole number ≥ 1, got ${value}`);
}
