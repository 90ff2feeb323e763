import { cellOf, type RecurrentDefinition } from '../checkpoint/definition.js';
import type { Cell, ForeignCell } from '../nn/cells/cell.js';
import { cells } from '../nn/cells/registry.js';

/** The formats that cells declare themselves for. */
export type CellFormat = keyof ForeignCell;

/** What a cell is in a format. */
export type CellIn<Format extends CellFormat> = NonNullable<ForeignCell[Format]>;

/** The cell that a format knows by what `is` accepts. */
export function cellIn<Format extends CellFormat>(
  format: Format,
  is: (foreign: CellIn<Format>, cell: Cell) => boolean,
): Cell | undefined {
  return cells.members.find((cell) => {
    const foreign = cell.foreign[format];
    return foreign !== undefined && is(foreign, cell);
  });
}

/** What a layer's cell is in a format; undefined where the format has no such cell. */
export const foreignOf = <Format extends CellFormat>(layer: RecurrentDefinition, format: Format): ForeignCell[Format] =>
  cellOf(layer, 'definition').foreign[format];
