import { EddyError } from '../core/errors.js';
import { checkOptions, type OptionDeclarations } from '../core/options.js';
import { showValue } from '../core/showValue.js';
import { checkDriftReaction, type DriftReactionOptions } from '../drift/driftReaction.js';
import { HorizonIntervals } from '../intervals/horizonIntervals.js';
import type { IntervalOptions } from '../intervals/intervals.js';
import type { LayerSpec } from '../nn/cells/cell.js';
import { FORECAST_DEFAULTS } from './defaults.js';
import type { Seasons } from './seasonFinder.js';

/** How a stream is forecast. Each is described, with its range and default, in `FORECAST_OPTIONS`. */
export interface ForecastEngineOptions {
  horizon?: number | undefined;
  season?: number | readonly number[] | undefined;
  networks?: number | undefined;
  /** Makes a layer of so many units: `gru`, for example. */
  cell?: ((units: number) => LayerSpec) | undefined;
  units?: number | undefined;
  layers?: number | undefined;
  k1?: number | undefined;
  k2?: number | undefined;
  rate?: number | undefined;
  seed?: number | undefined;
  intervals?: IntervalOptions | undefined;
  onDrift?: DriftReactionOptions | undefined;
}

/** The one declaration of what forecasts can be asked for: the operator, the command line and the engine check against it. */
export const FORECAST_OPTIONS = {
  horizon: {
    type: 'whole',
    range: [1, 10_000],
    default: 1,
    doc: 'how many rows ahead: all of 1 … horizon are forecast',
  },
  season: {
    type: 'wholes',
    range: [0, 1_000_000],
    default: undefined,
    doc: 'rows in a season, or in a short and a long one, 0 for none (default: from the times, else found by autocorrelation)',
  },
  networks: {
    type: 'whole',
    range: [0, 4],
    default: FORECAST_DEFAULTS.networks,
    doc: 'networks among the base forecasters; with 0 nothing has to be started',
  },
  cell: { type: 'function', default: undefined, doc: 'makes a layer of the networks (default: lstm)' },
  units: { type: 'whole', range: [1, 4096], default: FORECAST_DEFAULTS.units, doc: 'units in a layer of the networks' },
  layers: { type: 'whole', range: [1, 16], default: FORECAST_DEFAULTS.layers, doc: 'layers of the networks' },
  k1: {
    type: 'whole',
    range: [1, 100_000],
    default: FORECAST_DEFAULTS.k1,
    doc: 'rows between updates of the networks',
  },
  k2: { type: 'whole', range: [1, 100_000], default: FORECAST_DEFAULTS.k2, doc: 'rows that an update goes back' },
  rate: {
    type: 'number',
    range: [1e-12, 1],
    default: FORECAST_DEFAULTS.rate,
    doc: 'Adam’s learning rate at the start; it falls to a tenth',
  },
  seed: {
    type: 'whole',
    range: [0, Number.MAX_SAFE_INTEGER - 4],
    default: FORECAST_DEFAULTS.seed,
    doc: 'of the first weights',
  },
  intervals: { type: 'object', default: undefined, doc: 'conformal intervals around each forecast (default: none)' },
  onDrift: { type: 'object', default: undefined, doc: 'what each network does when its loss rises (default: nothing)' },
} as const satisfies OptionDeclarations;

/**
 * Checks the options of an engine, and those that `more` declares beside them.
 * @throws EddyError `invalid-option`
 */
export function checkForecastOptions(
  where: string,
  options: ForecastEngineOptions,
  more: OptionDeclarations = {},
): void {
  checkOptions(where, { ...FORECAST_OPTIONS, ...more }, options);
  const { networks, season, intervals, onDrift } = options;
  if (typeof season === 'object' && season.length > 2) {
    throw new EddyError(
      'invalid-option',
      `${where}: season must be one number or two, a short and a long one, got ${showValue(season)}; leave the others out`,
    );
  }
  if (intervals) new HorizonIntervals(1, 1, intervals);
  if (onDrift) checkDriftReaction(where, onDrift);
  if (onDrift && networks === 0) {
    throw new EddyError('invalid-option', `${where}: onDrift needs networks, got networks 0; leave one of the two out`);
  }
}

/** A short and a long season; undefined where they are to be found. */
export function seasonsOf(season: number | readonly number[] | undefined): Seasons | undefined {
  if (season === undefined) return undefined;
  const [short, long = 0] = typeof season === 'number' ? [season] : season;
  return [short, long];
}
