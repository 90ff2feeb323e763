/**
 * A channel's predictions for one horizon, in the order that they stand in: first those that the exponential weights combine, the stack's
 * inputs from least squares on.
 */
const ORDER = [
  'last value',
  'stack',
  'RLS',
  'plain lags',
  'seasonal naive',
  'seasonal naive, long',
  'network',
  'profile',
  'now',
  'level',
  'miss',
] as const;
type Prediction = (typeof ORDER)[number];

const slotOf = (prediction: Prediction): number => ORDER.indexOf(prediction);

export const LAST = slotOf('last value');
export const STACK = slotOf('stack');
export const RLS = slotOf('RLS');
export const LAGS = slotOf('plain lags');
export const SHORT = slotOf('seasonal naive');
export const LONG = slotOf('seasonal naive, long');
export const NETWORK = slotOf('network');
export const PROFILE = slotOf('profile');
export const NOW = slotOf('now');
export const LEVEL = slotOf('level');
export const MISS = slotOf('miss');

/** Numbers for each horizon. */
export const PREDICTIONS = ORDER.length;
/** Those that the exponential weights combine: the first ones, up to the network. */
export const COMBINED = NETWORK + 1;
/** The stack's inputs: from least squares on. */
export const STACKED = PREDICTIONS - RLS;

/** Base forecasters by name, as `Forecaster.forecastOf` takes them. */
export type BaseForecaster =
  | Extract<
      Prediction,
      'last value' | 'stack' | 'RLS' | 'plain lags' | 'seasonal naive' | 'seasonal naive, long' | 'network'
    >
  | 'exponentialWeights';

export const COMBINED_NAMES: readonly Prediction[] = ORDER.slice(0, COMBINED);
