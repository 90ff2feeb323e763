import type { Anomaly } from '../operators/forecasting/detectAnomalies.js';
import { CloseUps } from './closeUps.js';
import { Decimated } from './decimated.js';
import { drawAnomalies } from './plotAnomalies.js';

const STRETCHES = 1000; // about one a pixel
const CLOSE_UPS = 3;

/** Keeps of a stream of any length what a picture of its anomalies shows. */
export function createPicture() {
  const whole = new Decimated(STRETCHES);
  const closeUps = new CloseUps(CLOSE_UPS);
  return {
    add({ index, value, forecast, low, high, alarm, score, cause }: Anomaly, time: number): void {
      const row = { row: index, time, least: value, most: value, forecast, low, high, score };
      const stretch = { ...row, alarm: alarm ? (value ?? forecast) : null };
      whole.add(stretch);
      closeUps.add(stretch, cause);
    },
    /** As an SVG. */
    draw: (title: string) => drawAnomalies({ title, stretches: whole.stretches, closeUps: closeUps.read() }),
  };
}
