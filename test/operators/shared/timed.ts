import { type OperatorFunction, scan } from 'rxjs';
import type { Stage } from '../../../src/core/stage.js';

/** A sample by the time since the one before: times that never fall, wherever a stream is cut. */
export interface Gap {
  gap: number;
  values: number;
}
export interface Timed {
  time: number;
  values: number;
}

export const toTimes: OperatorFunction<Gap, Timed> = scan(
  (last: Timed, { gap, values }: Gap) => ({ time: last.time + gap, values }),
  { time: 0, values: 0 },
);

/** The stage over gaps; its clock is a part of its state. */
export const overGaps =
  <Out>(open: () => Stage<Timed, Out>): (() => Stage<Gap, Out>) =>
  () => {
    const stage = open();
    let time = 0;
    return {
      step({ gap, values }, emit) {
        stage.step({ time: time + gap, values }, emit);
        time += gap;
      },
      complete: (emit) => stage.complete?.(emit),
      snapshot: () => ({ time, stage: stage.snapshot?.() ?? {} }),
      restore({ time: at, stage: from }) {
        time = Number(at);
        if (typeof from === 'object' && from !== null && !Array.isArray(from) && !ArrayBuffer.isView(from))
          stage.restore?.(Object.fromEntries(Object.entries(from)));
      },
      dispose: () => stage.dispose(),
    };
  };
