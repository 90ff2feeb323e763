import type { OperatorFunction } from 'rxjs';
import { EddyError } from '../../src/core/errors.js';
import { checkOnInvalid, type OnInvalid, SampleReader } from '../../src/core/onInvalid.js';
import { snapshotRecord } from '../../src/core/snapshotRecord.js';
import { disposing, type OpenStage, type Snapshot } from '../../src/core/stage.js';
import { Adwin } from '../../src/drift/adwin.js';
import { createDetector } from '../../src/drift/createDetector.js';
import type { DriftDetector } from '../../src/drift/driftDetector.js';
import { asOperator } from '../streams/asOperator.js';

export interface DetectDriftOptions<In> {
  /** The number to watch, an error or a loss. Default: the sample itself. */
  value?: (sample: In) => unknown;
  /** Makes the detector of a run: Adwin, PageHinkley, Kswin or one's own. Default Adwin, for values in [0, 1]. */
  detector?: () => DriftDetector;
  /** What a value that is not a finite number does. Default 'error'. */
  onInvalid?: OnInvalid;
}

export interface Drift {
  /** 1, 2, … */
  readonly index: number;
  readonly value: number;
  /** Whether the stream is found at this sample to have changed. */
  readonly drift: boolean;
}

/**
 * Reports at each sample whether what it comes from has changed.
 *
 *     source          --0--1--0--0--1--1--1--1--1--|
 *     detectDrift()   --f--f--f--f--f--f--f--t--f--|      t is { index: 8, value: 1, drift: true }
 *
 * After a change the detector forgets what came before it and starts to watch again.
 *
 * - Emits:  one for each sample, in the same turn.
 * - Fails:  on a value that is not a finite number, unless `onInvalid` says otherwise.
 * - State:  one detector per subscription.
 *
 *     losses$.pipe(detectDrift({ detector: () => new PageHinkley({ threshold: 20 }) }), filter((d) => d.drift))
 */
export const detectDrift = <In>(options?: DetectDriftOptions<In>): OperatorFunction<In, Drift> =>
  asOperator(detectDriftStage(options));

export function detectDriftStage<In>(options: DetectDriftOptions<In> = {}): () => OpenStage<In, Drift> {
  const { value = (sample: In): unknown => sample, detector = () => new Adwin(), onInvalid = 'error' } = options;
  checkOnInvalid(onInvalid, 'detectDrift');
  if (typeof value !== 'function') {
    throw new EddyError(
      'invalid-option',
      `detectDrift: value must be a function of the sample, got ${String(value)}; leave it out for the sample itself`,
    );
  }
  createDetector('detectDrift', detector); // a bad option fails here, not at the first subscription
  return () => {
    const watch = createDetector('detectDrift', detector);
    const reader = new SampleReader('detectDrift', 1, onInvalid);
    const read = new Float64Array(1);
    let index = 0;
    return {
      step(sample, emit) {
        if (reader.read(value(sample), read, 0) === 'skipped') return;
        const drift = watch.step(read[0]);
        emit({ index: ++index, value: read[0], drift });
      },
      snapshot: (): Snapshot => ({ reader: reader.snapshot(), detector: watch.snapshot(), index }),
      restore({ reader: readerFrom, detector: detectorFrom, index: from }) {
        if (typeof from !== 'number') {
          throw new EddyError(
            'invalid-state',
            `detectDrift: a snapshot must hold its index, got ${typeof from}; restore what snapshot() gave`,
          );
        }
        watch.restore(snapshotRecord('detectDrift', 'detector', detectorFrom));
        reader.restore(snapshotRecord('detectDrift', 'reader', readerFrom));
        index = from;
      },
      ...disposing(),
    };
  };
}
