import { EddyError } from '../../src/core/errors.js';
import { createRandom } from '../../src/core/random.js';
import type { Sample } from '../../src/core/sample.js';
import { snapshotRecord } from '../../src/core/snapshotRecord.js';
import type { Snapshot, SnapshotValue } from '../../src/core/stage.js';
import type { Target } from '../../src/learner/learnStep.js';
import { exp } from '../../src/math/functions.js';

/** How `learn` trains a network whose own output is its next input, as in `generate`. */
export interface FeedbackOptions<In> {
  /** The sample, from what came before and from the value: what `generate`'s `steer` is when the network runs alone. */
  input: (previous: Float32Array, value: In) => Sample;
  /**
   * How likely `previous` is the truth, the target of the sample before, and not the network's own output for it: at sample 1, 2, … since
   * the subscription. Default 1, teacher forcing; let it fall for scheduled sampling, e.g. `inverseSigmoid(1000)`.
   */
  truth?: (index: number) => number;
  /** Of the draws. Default 0. */
  seed?: number;
  /** What stands before the first sample. Default zeros. */
  start?: readonly number[] | Float32Array;
}

/**
 * The share of truth in scheduled sampling: ε_i = k / (k + e^{i/k}), near 1 at first, ½ after some k·ln k samples.
 * Bengio, Vinyals, Jaitly & Shazeer 2015, arXiv:1506.03099, section 2.4.
 *
 * @throws EddyError `invalid-option` unless k ≥ 1.
 */
export function inverseSigmoid(k: number): (index: number) => number {
  if (!(k >= 1 && k < Number.POSITIVE_INFINITY)) {
    throw new EddyError('invalid-option', `inverseSigmoid: k must be a number from 1, got ${k}; try 1000`);
  }
  return (index) => k / (k + exp(index / k));
}

/** Checks the option when an operator is called. */
export function checkFeedback<In>(where: string, options: FeedbackOptions<In>, outputs: number): void {
  const { input, truth, start } = options;
  if (typeof input !== 'function' || (truth !== undefined && typeof truth !== 'function')) {
    throw new EddyError(
      'invalid-option',
      `${where}: feedback must have functions input (and truth), got ${typeof input} and ${typeof truth}; e.g. { input: (previous) => previous }`,
    );
  }
  checkStart(where, start, outputs);
}

/** @throws EddyError `invalid-option` unless there are as many finite numbers as outputs. */
export function checkStart(where: string, start: ArrayLike<number> | undefined, outputs: number): void {
  if (start === undefined || (start.length === outputs && Array.from(start).every(Number.isFinite))) return;
  throw new EddyError(
    'invalid-option',
    `${where}: start must have ${outputs} finite numbers, one an output, got ${start.length}; leave it out for zeros`,
  );
}

/** What stands before each sample in training: the truth, or the network's own output. A sample counts once `emitted` is called. */
export class Feedback<In> {
  readonly #options: FeedbackOptions<In>;
  readonly #random;
  readonly #start: Float32Array;
  readonly #own: Float32Array;
  #truth: Float32Array | undefined;
  #index = 1;
  /** Decides about sample `#index`. */
  #draw: number;
  /** Is it the first of its sequence? */
  #first = true;

  constructor(options: FeedbackOptions<In>, outputs: number) {
    this.#options = options;
    this.#random = createRandom(options.seed ?? 0);
    this.#draw = this.#random.uniform();
    this.#start = Float32Array.from(options.start ?? new Float32Array(outputs));
    this.#own = this.#start.slice();
  }

  /** The sample for a value, the first of a sequence if `begins`. `truth`: the target of the sample before, where it has come only now. */
  input(value: In, begins: boolean, truth?: Target): Sample {
    const { input, truth: share = () => 1 } = this.#options;
    const likely = share(this.#index);
    if (!(likely >= 0 && likely <= 1)) {
      throw new EddyError(
        'invalid-option',
        `learn: feedback.truth must give a share from 0 to 1, got ${likely} at sample ${this.#index}; bound it`,
      );
    }
    const given = truth === undefined ? this.#truth : wholeTarget(truth, this.#own.length);
    if (begins || this.#first) return input(this.#start.slice(), value);
    return input((this.#draw < likely && given ? given : this.#own).slice(), value);
  }

  /** The network's answer to the sample, and the target where it is known. */
  emitted(output: Float32Array, target: Target | undefined): void {
    this.#own.set(output);
    this.#truth = wholeTarget(target, this.#own.length);
    this.#first = false;
    this.#index++;
    // Drawn also where the answer is sure: another schedule leaves the other draws alone.
    this.#draw = this.#random.uniform();
  }

  /** A new sequence begins. */
  reset(): void {
    this.#own.set(this.#start);
    this.#truth = undefined;
    this.#first = true;
  }

  snapshot(): Snapshot {
    return {
      index: this.#index,
      draw: this.#draw,
      first: this.#first,
      random: this.#random.snapshot(),
      own: this.#own.slice(),
      truth: this.#truth?.slice() ?? null,
    };
  }

  /** @throws EddyError `invalid-state` when the record is not one that `snapshot` gave for as many outputs. */
  restore(from: SnapshotValue | undefined): void {
    const { index, draw, first, random, own, truth } = snapshotRecord('learn', 'feedback', from);
    const fits = (value: unknown): value is Float32Array =>
      value instanceof Float32Array && value.length === this.#own.length;
    if (typeof index !== 'number' || typeof draw !== 'number' || !fits(own) || (truth !== null && !fits(truth))) {
      throw new EddyError(
        'invalid-state',
        `learn: feedback must be a snapshot for ${this.#own.length} outputs, got another; restore what snapshot() gave`,
      );
    }
    this.#random.restore(snapshotRecord('learn', 'random', random));
    this.#index = index;
    this.#draw = draw;
    this.#first = first === true;
    this.#own.set(own);
    this.#truth = truth?.slice() ?? undefined;
  }
}

/** A target as an output would be, a class as its one-hot; an incomplete one is no truth. */
function wholeTarget(target: Target | undefined, outputs: number): Float32Array | undefined {
  const list: readonly (number | undefined)[] =
    typeof target === 'object' ? Array.from(target) : target === undefined ? [] : [target];
  if (list.some((v) => v === undefined || Number.isNaN(v))) return undefined;
  if (list.length === outputs) return Float32Array.from(list, Number);
  return list.length === 1 ? Float32Array.from({ length: outputs }, (_, k) => (k === list[0] ? 1 : 0)) : undefined;
}
