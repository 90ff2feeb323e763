import { map, type Observable, type OperatorFunction, pipe } from 'rxjs';
import { EddyError } from '../../src/core/errors.js';
import { checkOnInvalid, type OnInvalid, SampleReader } from '../../src/core/onInvalid.js';
import type { Sample } from '../../src/core/sample.js';
import { snapshotRecord } from '../../src/core/snapshotRecord.js';
import { disposing, type OpenStage } from '../../src/core/stage.js';
import type { Telemetry } from '../../src/core/telemetry.js';
import { type LabelId, LabelMatcher } from '../../src/learner/labelMatcher.js';
import { createLearner } from '../../src/learner/learner.js';
import type { LabelStep, LearnStep, Target } from '../../src/learner/learnStep.js';
import { checkLearnerOptions, type LearnerOptions } from '../../src/learner/options.js';
import type { Model } from '../../src/nn/model/model.js';
import { countLearner } from '../shared/countLearner.js';
import { asOperator } from '../streams/asOperator.js';
import { instrument } from '../streams/instrument.js';
import { type WithInputsOptions, withInputs } from '../streams/withInputs.js';

export interface LearnDelayedStageOptions<In, Label> extends LearnerOptions {
  /** The id or the time of a sample. */
  sampleId: (value: In) => LabelId;
  /** The id or the time of the sample that a label speaks of. */
  labelId: (label: Label) => LabelId;
  /** A label's target; NaN marks a missing element. */
  target: (label: Label) => Target;
  /** Match by time, to the nearest sample at most this far away. Left out: by equal ids. */
  tolerance?: number;
  /** A sample's numbers. Default: the sample itself. */
  features?: (value: In) => Sample;
  /** What a bad sample or a bad target does; a bad target is dropped under `skip` and `hold`. Default 'error'. */
  onInvalid?: OnInvalid;
  /** Gets samples, bad ones, clipped and left-out updates, late and lost labels, the time of a sample's step and the heap. */
  telemetry?: Telemetry;
}

export interface LearnDelayedOptions<In, Label> extends LearnDelayedStageOptions<In, Label>, WithInputsOptions {
  /** Where the labels come from. */
  labels: Observable<Label>;
}

/** What a sample brought (it has an output), or a label. */
export type DelayedStep = LearnStep | LabelStep;

/**
 * Predicts each sample at once, and learns when its label comes, on another stream: from the state that stood when the sample was seen.
 *
 *     samples                        --a-----b-----c------------|
 *     labels                         -----------A-----B---------|
 *     learnDelayed(model, { labels })   --ŷa----ŷb-scored ŷc-scored------|     (ŷa meets A, ŷb meets B)
 *
 * A label may come `maxLag` samples after its own (default k2). Samples without one move the state all the same.
 *
 * - Emits:  { index, output, updated } for each sample, and { scored, updated, gradientNorm? } for each label that meets its sample, in the
 *           same turn; the subscriber's own. A label that meets none, too late or unknown, emits nothing and is counted.
 * - Fails:  with `invalid-sample` on a bad sample or target (see `onInvalid`), on an id that is neither string nor number, on a time before
 *           the last one; with what a selector throws. Weights and state are as before.
 * - State:  a learner per subscription and its last maxLag + 1 ids. The weights are the model's, shared by all who use it.
 *
 *     clicks$.pipe(learnDelayed(model, { labels: sales$, sampleId: (c) => c.id, labelId: (s) => s.click, target: (s) => s.amount, … }))
 */
export function learnDelayed<In, Label>(
  model: Model,
  options: LearnDelayedOptions<In, Label>,
): OperatorFunction<In, DelayedStep> {
  const { labels, until = 'samples' } = options;
  const stage = learnDelayedStage(model, options);
  const tagged = labels.pipe(map((label) => ({ label })));
  return pipe(withInputs<In, { label: Label }>([tagged], { until }), asOperator(stage));
}

/**
 * The stage of `learnDelayed`, over tagged samples and labels. Over 60 lines: one closure over one run's state, which every step reads and writes.
 * @throws EddyError `invalid-option` at the call.
 */
export function learnDelayedStage<In, Label>(
  model: Model,
  options: LearnDelayedStageOptions<In, Label>,
): () => OpenStage<{ sample: In } | { label: Label }, DelayedStep> {
  const { sampleId, labelId, target, tolerance, features, onInvalid = 'error', telemetry } = options;
  checkOnInvalid(onInvalid, 'learnDelayed');
  for (const [name, selector] of Object.entries({ sampleId, labelId, target })) {
    if (typeof selector !== 'function') {
      throw new EddyError(
        'invalid-option',
        `learnDelayed: ${name} must be a function, got ${String(selector)}; e.g. (s) => s.id`,
      );
    }
  }
  const checked = checkLearnerOptions('learnDelayed', options);
  const match = { maxLag: checked.maxLag, ...(tolerance !== undefined && { tolerance }) };
  new LabelMatcher('learnDelayed', match);
  return () => {
    const learner = createLearner(model, checked);
    const reader = new SampleReader('learnDelayed', model.input, onInvalid, telemetry);
    const matcher = new LabelMatcher('learnDelayed', match);
    const count = telemetry && countLearner(learner, telemetry);
    const x = new Float32Array(model.input);
    let lost = 0;
    const takeSample = (sample: In, emit: (out: DelayedStep) => void) => {
      const id = sampleId(sample);
      matcher.check(id);
      if (reader.read(features ? features(sample) : sample, x, 0) === 'skipped') return;
      const step = learner.step(x);
      matcher.add(id, step.index);
      if (matcher.lost > lost) telemetry?.add('lostLabels', matcher.lost - lost);
      lost = matcher.lost;
      emit(step);
    };
    const takeLabel = (label: Label, emit: (out: DelayedStep) => void) => {
      const wanted = target(label);
      let step: LabelStep | undefined;
      try {
        const met = matcher.match(labelId(label), (index) => {
          step = learner.label(index, wanted);
        });
        if (!met) telemetry?.add('lateLabels', 1);
      } catch (error) {
        if (onInvalid === 'error' || !(error instanceof EddyError && error.code === 'invalid-sample')) throw error;
        telemetry?.add('skipped', 1);
      }
      if (!step) return;
      count?.();
      emit(step);
    };
    const open = () => ({ step: takeSample, dispose: () => learner.dispose() });
    // Of the two inputs the samples are measured.
    const samples = telemetry
      ? instrument(open, telemetry, { heapBytes: () => model.runtime.heap.bytesInUse })()
      : open();
    return {
      step(input, emit) {
        if ('sample' in input) samples.step(input.sample, emit);
        else takeLabel(input.label, emit);
      },
      complete() {
        if (checked.full) learner.reset();
      },
      snapshot: () => ({ reader: reader.snapshot(), learner: learner.snapshot(), matcher: matcher.snapshot() }),
      restore(from) {
        learner.restore(snapshotRecord('learnDelayed', 'learner', from.learner));
        reader.restore(from.reader);
        matcher.restore(from.matcher);
        lost = matcher.lost;
        count?.(false);
      },
      ...disposing(() => samples.dispose()),
    };
  };
}
