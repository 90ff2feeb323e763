/**
 * One step of a whole network: every layer, then the readout, for `rows` independent rows, state in place.
 * Rows go through in tiles whose gates stay in the first-level cache; a row's bits do not depend on its neighbours.
 */
import { Pass } from "../cells/layer.as";
import { cellForward } from "../../../build/dispatch.as";
import { gather } from "../embedding/kernel.as";
import { forward as readoutForward } from "../readouts/dense/kernel.as";
import { Readout } from "../readouts/readout.as";
import { layerAt, Model, Place } from "./model.as";
import { skip } from "./skip.as";

export function step(model: Model, places: usize, rows: u32, x: usize, y: usize): void {
  const pass = changetype<Pass>(model.pass);
  pass.steps = 1;
  pass.gates = model.gates;
  pass.gateStride = model.gateStride;
  for (let m: u32 = 0; m < rows; m += model.tile) {
    const B = min(rows - m, model.tile);
    pass.rows = B;
    pass.xStride = <usize>model.inputs << 2;
    pass.x = x + m * pass.xStride;
    if (model.embedding) {
      gather(model.embedded, pass.x, model.embedding, model.embeddedBytes, B);
      pass.x = model.embedded;
      pass.xStride = model.embeddedBytes;
    }
    for (let l: u32 = 0; l < model.layers; l++) {
      const layer = layerAt(model, l);
      const place = changetype<Place>(places + l * offsetof<Place>());
      const Hp = <usize>layer.padded << 2;
      pass.h = pass.h0 = place.h + m * Hp;
      pass.c = pass.c0 = place.c + m * Hp;
      cellForward(layer, pass);
      pass.x = pass.h;
      pass.xStride = Hp;
    }
    if (model.readout) {
      const readout = changetype<Readout>(model.readout);
      const to = y + m * (<usize>readout.padded << 2);
      readoutForward(readout, pass.x, pass.xStride, readout.activation ? model.logits : to, to, B, model.sums);
      skip(model, to, x + m * (<usize>model.inputs << 2), B);
    } else memory.copy(y + m * pass.xStride, pass.x, B * pass.xStride);
  }
}
