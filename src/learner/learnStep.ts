import type { Sample } from '../core/sample.js';

/** A sample's target: one number for each output; NaN or undefined marks a missing one. */
export type Target = Sample | readonly (number | undefined)[];

/** A prediction whose target has come. */
export interface ScoredPrediction {
  /** The sample that it was made at. */
  index: number;
  output: Float32Array;
  target: Float32Array;
  /** Of this prediction, before anything was learned from it. */
  loss: number;
}

/** What one sample brought. */
export interface LearnStep {
  /** The sample's number, from 1. */
  index: number;
  /** The prediction made at it. */
  output: Float32Array;
  scored?: ScoredPrediction | undefined;
  /** Has an update changed the weights? */
  updated: boolean;
  /** Of this step's update, before clipping. */
  gradientNorm?: number | undefined;
  /** Was the stream found to have changed for the worse, and was that reacted to? Left out where nothing watches. */
  drift?: boolean | undefined;
}

/** What a late label brought. */
export type LabelStep = Pick<LearnStep, 'scored' | 'updated' | 'gradientNorm'>;

/** What a learner has counted since it was opened. */
export interface LearnerCounts {
  /** Samples seen. */
  samples: number;
  updates: number;
  /** Updates whose gradient, or its norm in float32, was not finite: skipped. */
  nonFinite: number;
  /** Updates skipped because the window had no target. */
  unlabelled: number;
  /** Updates whose gradient was clipped by norm. */
  clipped: number;
  /** Updates left out: the learner was frozen, or thinned, or over its budget. */
  skipped: number;
  /** Labels that came more than maxLag samples late: dropped. */
  droppedLabels: number;
}
