/**
 * A row is an alarm where the past would hold at most so many events as large: on noise alone about one row in a thousand. The score,
 * 1 / (1 + count/6), is 0.5 there. Chosen on injected and simulated anomalies (docs/anomalies.md).
 */
export const ALARM_THRESHOLD = 6;
