import { EddyError } from '../../core/errors.js';

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
  /** The part of its output that training hides from what reads it. */
  readonly dropout: number;
}

/** What every cell's layer may have. */
export interface LayerOptions {
  /**
   * The part of the layer's outputs, from 0 to below 1, that each update of a learner hides at random from the layer above; the rest is
   * scaled up to make good for it. The state that the layer carries on is whole, and so is every prediction. Default 0.
   * Srivastava et al. 2014, jmlr.org/papers/v15/srivastava14a; not on the recurrence: Zaremba et al. 2014, arXiv:1409.2329.
   */
  dropout?: number;
}

/** A checked layer. @throws EddyError `invalid-option` unless `units` is a whole number ≥ 1 and dropout from 0 to below 1. */
export function createLayer(
  cell: Cell,
  units: number,
  variant: number,
  dropout: number,
  form: LayerSpec['options'],
): LayerSpec {
  requireCount(cell.name, 'units', units);
  if (!(dropout >= 0 && dropout < 1)) {
    throw new EddyError('invalid-option', `${cell.name}: dropout must be from 0 to below 1, got ${dropout}; try 0.2`);
  }
  return { cell, units, variant, dropout, options: dropout > 0 ? { ...form, dropout } : form };
}

/** Fails with `invalid-option` unless `value` is a whole number ≥ 1. */
export function requireCount(where: string, name: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 1) return;
  throw new EddyError('invalid-option', `${where}: ${name} must be a whole number ≥ 1, got ${value}`);
}
