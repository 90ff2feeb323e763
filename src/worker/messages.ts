import type { ModelDefinition } from '../checkpoint/definition.js';
import type { EddyErrorCode } from '../core/errors.js';
import type { LearnerCounts } from '../learner/learnStep.js';
import type { LearnerOptions } from '../learner/options.js';
import type { StateRecord } from '../nn/model/state.js';

/** When the learner hands its weights over: after every so many updates or samples. */
export type HandOver = { readonly updates: number } | { readonly samples: number };

/** A learner as plain data: what the thread that learns opens its own from. */
export interface LearnerRecord {
  readonly definition: ModelDefinition;
  /** The model's parameter block. */
  readonly weights: Float32Array<ArrayBuffer>;
  readonly loss: { readonly name: string; readonly parameters: readonly number[] };
  /** All of them are plain data. */
  readonly options: Omit<LearnerOptions, 'loss' | 'schedule' | 'budget' | 'state'>;
  readonly horizons: readonly number[];
  readonly handOver: HandOver;
}

/** Samples that are learned from together, `count` of them; their arrays have room for more. */
export interface Batch {
  /** The number of the first one. */
  first: number;
  count: number;
  readonly x: Float32Array<ArrayBuffer>;
  readonly targets: Float32Array<ArrayBuffer>;
  /** Of each sample: 1, it has a target; 2, it begins a new sequence. */
  readonly flags: Uint8Array<ArrayBuffer>;
  /** What stood before the first one; left out where the batch before was sent too. */
  state?: StateRecord | undefined;
}
export const LABELLED = 1;
export const BEGINS = 2;

/** What the learner has done up to a sample. */
export interface LearnerReport extends Readonly<LearnerCounts> {
  /** The newest sample that it has learned from. */
  readonly learned: number;
  /** Mean loss of the predictions that it has scored since its last report; undefined: none. */
  readonly loss: number | undefined;
}

export type ToLearner =
  | { readonly eddy: 'open'; readonly learner: LearnerRecord }
  | { readonly eddy: 'learn'; readonly batch: Batch }
  | { readonly eddy: 'spent'; readonly block: Float32Array<ArrayBuffer> }
  | { readonly eddy: 'finish' }
  | { readonly eddy: 'close' };

export type FromLearner =
  | { readonly eddy: 'weights'; readonly block: Float32Array<ArrayBuffer>; readonly learned: number }
  | { readonly eddy: 'learned'; readonly batch: Batch; readonly report: LearnerReport }
  | { readonly eddy: 'finished'; readonly report: LearnerReport }
  | { readonly eddy: 'failed'; readonly code: EddyErrorCode; readonly message: string };

/** Whether a message is one of ours: a worker may hear others too. */
export const isToLearner = (message: unknown): message is ToLearner => isTagged(message);
export const isFromLearner = (message: unknown): message is FromLearner => isTagged(message);

const isTagged = (message: unknown): boolean => typeof message === 'object' && message !== null && 'eddy' in message;

export const buffersOf = ({ x, targets, flags }: Batch): ArrayBuffer[] => [x.buffer, targets.buffer, flags.buffer];
