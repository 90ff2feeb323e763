/**
 * What the server and the dashboard say to each other on `/live`, one JSON object a frame. Arrays of a point run over the sensor's
 * channels; numbers that are not there yet are null, since JSON has no NaN.
 *
 * Beside it, over HTTP: `/sensors` (JSON: SensorSummary[]), `/export.csv?sensor=NAME` and `/export.checkpoint?sensor=NAME` (downloads),
 * `/phone`, `/metrics`, `/healthz`. Where the server has a token, every one of these and both sockets take it as `?token=TOKEN`; the page
 * itself is served without.
 */
export type ServerMessage =
  | { type: 'hello'; version: 1; cells: readonly CellName[]; replay: Replay | null }
  /** Once a second, and soon when a new one has come: every sensor that has sent something. */
  | { type: 'sensors'; sensors: readonly SensorSummary[] }
  /** Answers `watch`: what the server still holds of the sensor, oldest first. */
  | { type: 'history'; sensor: string; points: readonly Point[] }
  /** Every row since the last such message; when the viewer reads too slowly, rows are left out and counted in `dropped`. */
  | { type: 'points'; sensor: string; points: readonly Point[]; dropped: number }
  /** At most four times a second, for each watched sensor. */
  | { type: 'networks'; sensor: string; networks: Networks }
  /** At most once a second. */
  | { type: 'load'; load: Load }
  | { type: 'replay'; replay: Replay | null }
  /** A command was refused or could not be carried out; `text` says what to do. */
  | { type: 'problem'; code: string; text: string };

export type ViewerMessage =
  /** The sensors to receive from now on, at most 8; replaces the last such list. */
  | { type: 'watch'; sensors: readonly string[] }
  /** Acts on the sensor's networks from the next row on; a new number of units or window starts afresh. */
  | { type: 'configure'; sensor: string; settings: Partial<Settings> }
  | { type: 'freeze'; sensor: string; frozen: boolean }
  /** Keeps a copy of the sensor's weights on the server, the last 8 of them. */
  | { type: 'snapshot'; sensor: string }
  | { type: 'rollBack'; sensor: string; snapshot: number }
  | { type: 'replay'; speed: number; paused: boolean };

/** The cells that are shown side by side. */
export const CELLS = ['rnn', 'lstm', 'gru'] as const;
export type CellName = (typeof CELLS)[number];

export interface SensorSummary {
  sensor: string;
  channels: number;
  rows: number;
  rowsPerSecond: number;
  /** Of the newest row, in milliseconds since the epoch. */
  time: number;
  values: readonly (number | null)[];
  anomalies: number;
  /** Of the forecasts over the last value, prequential: 1 is perfect, 0 as good as it. */
  skill: number | null;
  frozen: boolean;
}

/** One row and what had been expected of it. */
export interface Point {
  /** The row's number, from 1. */
  index: number;
  time: number;
  values: readonly (number | null)[];
  /** Forecast for this row, made at the row before, and its interval. */
  forecast: readonly (number | null)[];
  low: readonly (number | null)[];
  high: readonly (number | null)[];
  /** Anomaly score in [0, 1]; `alarm` names the part that raised it, where one was. */
  score: number;
  alarm?: string;
}

/** The three cells side by side on one sensor's stream. */
export interface Networks {
  settings: Settings;
  frozen: boolean;
  snapshots: readonly { id: number; rows: number; time: number }[];
  networks: readonly NetworkView[];
}

export interface Settings {
  /** Whose forecasts the sensor's points show; the others run beside it while someone watches. */
  cell: CellName;
  /** From 1 to 64. */
  units: number;
  /** Rows between updates, from 1 to 64, and rows an update goes back, from 1 to 128. */
  k1: number;
  k2: number;
  /** Adam's, from 1e-5 to 0.1. */
  learningRate: number;
}

export interface NetworkView {
  cell: CellName;
  /** Prequential mean absolute error, fading, in the sensor's units; and skill over the last value. */
  error: number | null;
  skill: number | null;
  updates: number;
  /** ‖∂ℓ/∂h_{F−k}‖ for k = 0 … w−1, of the newest update. */
  gradientNormByLag: readonly number[];
  /**
   * By the gate's name, [units], of the newest row: of an LSTM `forget`, `input`, `output`, `candidate` and the state `cell`; of a GRU `reset`,
   * `update`, `candidate`; of all `hidden`.
   */
  gates: Readonly<Record<string, readonly number[]>>;
  /** Microseconds a row: upper bounds of the bins (the last is open) and counts. */
  stepTime: { bounds: readonly number[]; counts: readonly number[] };
}

export interface Load {
  rowsPerSecond: number;
  sensors: number;
  viewers: number;
  heapBytes: number;
  /** From frame in to forecast out, milliseconds. */
  latency: { p50: number; p99: number };
  dropped: number;
}

export interface Replay {
  /** The sensors that it speaks for. */
  series: readonly string[];
  /** Rows a second of each, above 0, up to 1000. */
  speed: number;
  paused: boolean;
}
