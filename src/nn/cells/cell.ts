import { EddyError } from '../../core/errors.js';
import type { CellOption } from './options.js';
import type { CellParameter } from './parameter.js';
import type { ReferenceLayer } from './reference.js';

/**
 * Everything that the rest of eddy knows of a kind of cell. Its folder declares it; checkpoints, workers, importers, the float64 network
 * and the tests ask here.
 */
export interface Cell {
  /** What files and messages call it. */
  readonly name: string;
  /** Its kernel's number. */
  readonly kind: number;
  /** Rows of its parameters for each unit. */
  readonly gates: number;
  /** The gates in the order of those rows, each by its letter, with its name; none for a plain unit, whose one row is its state. */
  readonly gateNames: { readonly [letter: string]: string };
  /** Where the kernel has each gate, in the order of `weights()`. */
  readonly columns: readonly number[];
  /** Gates of each packed matrix, as the kernel takes them in turn. */
  readonly panels: readonly number[];
  /** Its parameters, in the order of `weights()`; what it does not list takes no room. */
  readonly parameters: readonly CellParameter[];
  /** What tells its forms apart, as files store it, beside `units` and `dropout`. */
  readonly options: { readonly [name: string]: CellOption };
  /** Numbers for each unit that forward leaves for backward. */
  readonly tape: number;
  /** Numbers for each unit that backward leaves of its gates' gradients. */
  readonly deltas: number;
  /** Is there a cell state c beside h? */
  readonly cellState: boolean;
  /** Makes a layer of it from stored options. @throws EddyError `invalid-option` */
  create(units: number, options: CellForm & LayerOptions): LayerSpec;
  /** One layer in float64. */
  reference(form: CellForm): ReferenceLayer;
  /** What other frameworks call it and how they lay it out; a format that is left out has no such cell. */
  readonly foreign: ForeignCell;
}

/** The chosen value of each of a cell's options. */
export type CellForm = { readonly [option: string]: string | number | boolean };

/** A cell in other frameworks. `gates` says where the other keeps each of ours. */
export interface ForeignCell {
  /** The module of torch.nn; its state_dict has eddy's names and order of gates. */
  readonly pytorch?: { readonly module: string };
  readonly onnx?: {
    readonly operator: string;
    readonly gates: readonly number[];
    /** The operator's own activations, the only ones that eddy's cell has. */
    readonly activations: readonly string[];
  };
  readonly keras?: { readonly layer: string; readonly gates: readonly number[] };
  readonly rtneural?: { readonly type: string };
  readonly guitarml?: { readonly unit: string };
}

/** A layer in a model's definition: made by `lstm(32)` and its like. */
export interface LayerSpec {
  readonly cell: Cell;
  readonly units: number;
  /** The cell's form, as its kernel numbers it. */
  readonly variant: number;
  /** The form in words, for messages and files. */
  readonly options: CellForm;
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

/**
 * A checked layer. The kernel numbers a cell's forms by the place of the chosen value among those of its one option.
 * @throws EddyError `invalid-option` unless `units` is a whole number ≥ 1, each option one of its values, and dropout from 0 to below 1.
 */
export function createLayer(cell: Cell, units: number, dropout: number, form: CellForm = {}): LayerSpec {
  requireCount(cell.name, 'units', units);
  let variant = 0;
  for (const [name, { values, default: usual }] of Object.entries(cell.options)) {
    variant = values.findIndex((value) => Object.is(value, form[name]));
    if (variant < 0) {
      const known = values.join(values.length > 2 ? ', ' : ' or ');
      const rule = `${name} must be ${values.length > 2 ? 'one of ' : ''}${known}`;
      throw new EddyError('invalid-option', `${cell.name}: ${rule}, got ${form[name]}; leave it out for ${usual}`);
    }
  }
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
