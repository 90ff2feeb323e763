import type { OperatorFunction } from 'rxjs';
import { EddyError } from '../../src/core/errors.js';
import { checkOnInvalid, type OnInvalid, SampleReader } from '../../src/core/onInvalid.js';
import type { Sample } from '../../src/core/sample.js';
import { snapshotRecord } from '../../src/core/snapshotRecord.js';
import { disposing, type OpenStage, type Snapshot } from '../../src/core/stage.js';
import { requireCount } from '../../src/nn/cells/cell.js';
import type { Model } from '../../src/nn/model/model.js';
import type { StateRecord } from '../../src/nn/model/state.js';
import { checkStart } from '../shared/feedback.js';
import { asOperator } from '../streams/asOperator.js';

/** A closed loop on its own: every value starts a sequence. */
export interface FreeRun<In> {
  /** Outputs for each value, ≥ 1. */
  steps: number;
  /** The samples of a value, one or many, which the loop goes on from. Default: the value itself. */
  prompt?: (value: In) => readonly Sample[];
  /** The next sample from an output. Default: the output itself. */
  feed?: (output: Float32Array) => Sample;
  /** True at an output that ends its sequence early. */
  until?: (output: Float32Array) => boolean;
  /** Does a value go on from where the one before has ended? Default false: from zeros. */
  carry?: boolean;
  /** What a bad sample does. Default 'error'. */
  onInvalid?: OnInvalid;
}

/** A closed loop under way with a stream: every value steers one step. */
export interface Steered<In> {
  /** The next sample, from the network's last output and the value. */
  steer: (previous: Float32Array, value: In) => Sample;
  /** What stands before the first output. Default zeros. */
  start?: readonly number[] | Float32Array;
  /** What a bad sample does. Default 'error'. */
  onInvalid?: OnInvalid;
}

export type GenerateOptions<In> = FreeRun<In> | Steered<In>;

/**
 * Lets the network go on by itself: its output, made into a sample, is its next input.
 *
 *     source                            --a--------------b-------|
 *     generate(model, { steps: 3 })     --(f(a)f²(a)f³(a))--(f(b)f²(b)f³(b))--|
 *
 *     source                            --a-------b-------c------|
 *     generate(model, { steer })        --y₁=f(·,a)--y₂=f(y₁,b)--y₃=f(y₂,c)--|
 *
 * Train such a network with `learn`'s `feedback`, so that it has met its own outputs.
 *
 * - Emits:  a Float32Array [output] for each step, in the same turn; the subscriber's own.
 * - Fails:  with `invalid-sample` on a bad sample, given or fed back, and with what a callback throws.
 * - State:  one hidden state per subscription, freed at its end.
 *
 *     of(0.5).pipe(generate(model, { steps: 20 })).subscribe(([y]) => console.log(y));
 */
export const generate = <In = Sample>(model: Model, options: GenerateOptions<In>): OperatorFunction<In, Float32Array> =>
  asOperator(generateStage(model, options));

/** The stage of `generate`. @throws EddyError `invalid-option` at the call. */
export function generateStage<In = Sample>(
  model: Model,
  options: GenerateOptions<In>,
): () => OpenStage<In, Float32Array> {
  checkOnInvalid(options.onInvalid ?? 'error', 'generate');
  if ('steer' in options) checkSteered(options, model);
  else checkFreeRun(options, model);
  return () => {
    const state = model.openState();
    const reader = new SampleReader('generate', model.input, options.onInvalid);
    const x = new Float32Array(model.input);
    const last = new Float32Array(model.output);
    if ('steer' in options && options.start) last.set(options.start);
    const steered = (value: In, { steer }: Steered<In>, emit: (out: Float32Array) => void) => {
      if (reader.read(steer(last.slice(), value), x, 0) === 'skipped') return;
      model.step(x, state, last);
      emit(last.slice());
    };
    const free = (value: In, run: FreeRun<In>, emit: (out: Float32Array) => void) => {
      const { steps, prompt, feed = (output) => output, until, carry = false } = run;
      // All of a prompt is read before the state moves.
      const samples = (prompt ? prompt(value) : [value]).flatMap((sample) =>
        reader.read(sample, x, 0) === 'skipped' ? [] : [x.slice()],
      );
      if (samples.length === 0) return;
      if (!carry) state.reset();
      for (const sample of samples) model.step(sample, state, last);
      for (let step = 1; ; step++) {
        emit(last.slice());
        if (step === steps || until?.(last.slice())) return;
        model.step(feed(last.slice()), state, last);
      }
    };
    return {
      step: (value, emit) => ('steer' in options ? steered(value, options, emit) : free(value, options, emit)),
      snapshot: (): Snapshot => ({ reader: reader.snapshot(), state: state.snapshot(), last: last.slice() }),
      restore({ reader: readerFrom, state: stateFrom, last: lastFrom }) {
        if (!(lastFrom instanceof Float32Array && lastFrom.length === last.length)) {
          throw new EddyError(
            'invalid-state',
            `generate: 'last' must have ${last.length} numbers; restore what snapshot() gave`,
          );
        }
        const tensors = Object.entries(snapshotRecord('generate', 'state', stateFrom));
        const record: StateRecord = Object.fromEntries(
          tensors.flatMap(([name, data]) => (data instanceof Float32Array ? [[name, data]] : [])),
        );
        state.restore(record);
        reader.restore(snapshotRecord('generate', 'reader', readerFrom));
        last.set(lastFrom);
      },
      ...disposing(() => state.dispose()),
    };
  };
}

function checkSteered<In>({ steer, start }: Steered<In>, model: Model): void {
  if (typeof steer !== 'function') {
    throw new EddyError(
      'invalid-option',
      `generate: steer must be a function of the last output and the value, got ${String(steer)}; e.g. ([y], v) => [y, v]`,
    );
  }
  checkStart('generate', start, model.output);
}

function checkFreeRun<In>({ steps, feed }: FreeRun<In>, model: Model): void {
  requireCount('generate', 'steps', steps);
  if (feed === undefined && model.output !== model.input) {
    throw new EddyError(
      'invalid-option',
      `generate: feed must be given where outputs are no samples, got a model of ${model.output} outputs and ${model.input} inputs; e.g. (output) => [...]`,
    );
  }
}
