/** What a readout may do with its sums. */
export const activations = ['linear', 'sigmoid', 'softmax'] as const;

export type DenseActivation = (typeof activations)[number];

export const isDenseActivation = (name: unknown): name is DenseActivation =>
  activations.some((known) => known === name);

/** What is known of a kind of readout beside its kernel. */
export interface Readout {
  /** What files and messages call it. */
  readonly name: string;
  readonly activations: readonly DenseActivation[];
  /** Makes one from what a file stores. @throws EddyError `invalid-option` */
  create(units: number, options: { readonly activation: DenseActivation }): ReadoutSpec;
}

/** The readout in a model's definition: made by `dense(1)`. */
export interface ReadoutSpec {
  readonly readout: Readout;
  readonly units: number;
  readonly activation: DenseActivation;
  /** The activation, as the kernel numbers it. */
  readonly variant: number;
}
