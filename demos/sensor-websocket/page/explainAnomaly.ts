import { explain as explainRow } from '../../charts/explain.js';
import type { Point } from '../protocol.js';

/** Why a point counts as an anomaly, by the numbers of one of its channels. */
export const explain = (point: Point, channel: number, cause: string): string =>
  explainRow({
    value: point.values[channel] ?? Number.NaN,
    forecast: point.forecast[channel] ?? Number.NaN,
    low: point.low[channel] ?? Number.NaN,
    high: point.high[channel] ?? Number.NaN,
    cause,
  });
