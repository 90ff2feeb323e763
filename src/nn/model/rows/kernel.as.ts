/**
 * One step of a whole network for rows picked out of a state of many: row list[m] takes sample m and says output m. No row twice.
 * Rows are gathered into a tile, stepped there, and put back, so a row's bits are those of a step of its own.
 *
 * Shapes   list [n] u32   x [n × inputs]   y [n × outputs, padded]   state [rows × Hp] a layer   tile [≤ 32 × Hp] a layer
 * Cost     two copies of a row's state beside its step
 */
import { step as stepAll } from "../kernel.as";
import { layerAt, Model, Place } from "../model.as";
import { Readout } from "../../readouts/readout.as";

export function step(model: Model, tile: usize, places: usize, list: usize, n: u32, x: usize, y: usize): void {
  const outputs = model.readout
    ? changetype<Readout>(model.readout).padded : layerAt(model, model.layers - 1).padded;
  while (n > 0) {
    const B = min(n, model.tile);
    move(model, tile, places, list, B, false);
    stepAll(model, tile, B, x, y);
    move(model, tile, places, list, B, true);
    n -= B;
    list += <usize>B << 2;
    x += <usize>B * (<usize>model.inputs << 2);
    y += <usize>B * (<usize>outputs << 2);
  }
}

/** The listed rows of every layer's h and c into the tile, or `back`. */
function move(model: Model, tile: usize, places: usize, list: usize, B: u32, back: bool): void {
  for (let l: u32 = 0; l < model.layers; l++, tile += offsetof<Place>(), places += offsetof<Place>()) {
    const bytes = <usize>layerAt(model, l).padded << 2;
    const near = changetype<Place>(tile), far = changetype<Place>(places);
    moveRows(near.h, far.h, list, B, bytes, back);
    if (far.c) moveRows(near.c, far.c, list, B, bytes, back);
  }
}

function moveRows(near: usize, far: usize, list: usize, B: u32, bytes: usize, back: bool): void {
  for (; B > 0; B--, list += 4, near += bytes) {
    const row = far + <usize>load<u32>(list) * bytes;
    if (back) memory.copy(row, near, bytes);
    else memory.copy(near, row, bytes);
  }
}
