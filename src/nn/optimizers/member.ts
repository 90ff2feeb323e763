import type { Optimizer } from './optimizer.js';
import type { OptimizerReference } from './reference.js';

/** Takes an optimizer's float64 reference with its options, of whatever types they are. */
export type UseReference<T> = <Options extends { lr: number }, State>(
  reference: OptimizerReference<Options, State>,
  options: Options,
) => T;

/** An optimizer, and its reference with the same options. */
export interface OptimizerExample {
  readonly optimizer: Optimizer;
  withReference<T>(use: UseReference<T>): T;
}

/** What the family's registry knows of an optimizer: each export carries it as `member`. */
export interface OptimizerMember {
  /** What messages call it. */
  readonly name: string;
  /** The forms that the family's tests run it in, at a rate of their own. */
  examples(rate: number): readonly OptimizerExample[];
  /** A form in which a gradient's rounding decides no step: what whole runs are compared in. */
  steady(rate: number): OptimizerExample;
}

interface Declaration<Options, State> {
  readonly name: string;
  readonly create: (rate: number, options: Options) => Optimizer;
  readonly reference: OptimizerReference<Options & { lr: number }, State>;
  readonly examples: readonly Options[];
  readonly steady: Options;
}

/** Makes a member from its maker, its float64 reference and the options to try both with. */
export function optimizerMember<Options, State>(declaration: Declaration<Options, State>): OptimizerMember {
  const { name, create, reference, examples, steady } = declaration;
  const example = (rate: number, options: Options): OptimizerExample => ({
    optimizer: create(rate, options),
    withReference: (use) => use(reference, { ...options, lr: rate }),
  });
  return {
    name,
    examples: (rate) => examples.map((options) => example(rate, options)),
    steady: (rate) => example(rate, steady),
  };
}
