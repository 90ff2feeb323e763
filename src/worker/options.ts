import { EddyError } from '../core/errors.js';
import { checkHorizons } from '../learner/horizons.js';
import type { LearnerOptions } from '../learner/options.js';
import { checkLearnerOptions } from '../learner/options.js';
import type { State } from '../nn/model/state.js';
import type { HandOver, LearnerReport } from './messages.js';

/** How a model is taught by a learner in another thread. */
export interface WorkerLearnerOptions extends Omit<LearnerOptions, 'schedule' | 'budget' | 'state'> {
  /** As of `learn`: how many samples ahead a target is of the sample it belongs to; several in rising order. Default 0. */
  readonly horizon?: number | readonly number[];
  /** When the learner hands its weights over: after every so many updates or samples. Default { updates: 8 }. */
  readonly handOver?: HandOver;
  /** Samples in one message at most. Default 64. */
  readonly batch?: number;
  /** Samples that may wait for the learner, at least `batch`; when there are more, the oldest batch of them is dropped. Default 4096. */
  readonly maxWaiting?: number;
  /** A state of one row to go on from and to move; it stays the caller's. Default: zeros, its own. */
  readonly state?: State;
  /** Hears what the learner has done, once for each batch. */
  readonly onReport?: (report: LearnerReport) => void;
  /** Hears, once, of the error that has ended the learner. From then on every step fails with it. */
  readonly onError?: (error: EddyError) => void;
}

/** Checked options: every number in place, and separately what travels. */
export interface CheckedWorkerLearner {
  readonly horizons: readonly number[];
  readonly handOver: HandOver;
  readonly batch: number;
  readonly maxWaiting: number;
  readonly travels: Omit<LearnerOptions, 'loss' | 'schedule' | 'budget' | 'state'>;
}

/** @throws EddyError `invalid-option` on options that no learner can have, or that cannot travel. */
export function checkWorkerLearner(where: string, options: WorkerLearnerOptions): CheckedWorkerLearner {
  const wrong = (rule: string, got: unknown, remedy: string) =>
    new EddyError('invalid-option', `${where}: ${rule}, got ${String(got)}; ${remedy}`);
  const { horizon = 0, handOver = { updates: 8 }, batch = 64, maxWaiting = 4096 } = options;
  for (const name of ['schedule', 'budget']) {
    if (Reflect.get(options, name) !== undefined)
      throw wrong(
        `${name} must stay out, a message cannot carry it`,
        'one',
        `give it to runLearnerWorker(port, { ${name} })`,
      );
  }
  const every = Object.values(handOver);
  if (!('updates' in handOver || 'samples' in handOver) || every.length !== 1 || !isCount(every[0]))
    throw wrong(
      'handOver must be { updates } or { samples }, a whole number ≥ 1',
      JSON.stringify(handOver),
      'try { updates: 8 }',
    );
  if (!isCount(batch)) throw wrong('batch must be a whole number ≥ 1', batch, 'leave it out for 64');
  if (!Number.isSafeInteger(maxWaiting) || maxWaiting < batch)
    throw wrong(`maxWaiting must be a whole number ≥ batch = ${batch}`, maxWaiting, 'leave it out for 4096');
  if (options.state && options.state.rows !== 1)
    throw wrong('state must have one row', options.state.rows, 'open a learner for each row');
  const horizons = checkHorizons(where, horizon);
  const last = horizons[horizons.length - 1];
  const maxLag = Math.max(last, options.maxLag ?? last);
  const { k1, k2, loss, optimizer, clipNorm, clipValue, seed, maxSteps, updateEvery } = options;
  const given = { clipNorm, clipValue, seed, maxSteps, updateEvery };
  const travels = { k1, k2, optimizer, maxLag, ...present(given) };
  checkLearnerOptions(where, { ...travels, loss });
  return { horizons, handOver, batch, maxWaiting, travels };
}

const isCount = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= 1;

/** The entries that are there. */
const present = (entries: { readonly [name: string]: number | undefined }) =>
  Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined));
