/** An optimizer in float64. Parameters and gradient are flat; nothing is changed in place. */
export interface OptimizerReference<Options extends { lr: number }, State> {
  /** The state before the first step, for `size` parameters. */
  start(size: number): State;
  step(
    parameters: number[],
    gradient: number[],
    state: State,
    options: Options,
  ): { parameters: number[]; state: State };
}

export const zeros = (size: number): number[] => new Array<number>(size).fill(0);
