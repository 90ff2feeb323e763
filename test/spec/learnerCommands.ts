import fc from 'fast-check';
import { expect } from 'vitest';
import type { Target } from '../../src/index.js';
import type { ReferenceTarget as SpecTarget } from '../../src/nn/losses/reference.js';
import { distance } from './layers.js';
import { specWeightsOf } from './model.js';
import { draw, expectSame, NEAR, type Pair } from './sideBySide.js';

type Label = 'none' | 'full' | 'masked' | 'part';
function targetFor({ given }: Pair, kind: Label, numbers: number[]): Exclude<Target, Float32Array> & SpecTarget {
  const whole = given.targetOf(numbers);
  if (kind === 'full') return whole;
  if (typeof whole === 'number') return kind === 'masked' ? Number.NaN : whole;
  return whole.map((y, i) => (kind === 'masked' || i === 0 ? Number.NaN : y));
}
/** So near 0 that float32 may round to the other side: a corner of mae, relu or pinball must not be hit by chance. */
const numbers = fc.array(fc.float({ min: -1, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 });

interface Given {
  x: number[];
  kind: Label;
  y: number[];
}
class Steps implements fc.Command<Pair, Pair> {
  constructor(readonly samples: Given[]) {}
  check = () => true;
  run(pair: Pair): void {
    for (const { x: drawn, kind, y } of this.samples) {
      const x = drawn.slice(0, pair.model.input);
      const target = kind === 'none' ? undefined : targetFor(pair, kind, y);
      const got = pair.learner.step(x, target);
      const want = pair.spec.step(x, target);
      pair.newest = want.index;
      expect(got.index).toBe(want.index);
      expect(distance([...got.output], want.output)).toBeLessThan(NEAR);
      expectSame(pair, got, want);
    }
  }
  toString = () => this.samples.map(({ x, kind, y }) => `step([${x}], ${kind} [${y}])`).join(', ');
}
class LabelLate implements fc.Command<Pair, Pair> {
  constructor(
    readonly back: number,
    readonly kind: Exclude<Label, 'none'>,
    readonly y: number[],
  ) {}
  check = ({ newest }: Pair) => newest > this.back;
  run(pair: Pair): void {
    const target = targetFor(pair, this.kind, this.y);
    const index = pair.newest - this.back;
    expectSame(pair, pair.learner.label(index, target), pair.spec.label(index, target));
  }
  toString = () => `label(newest − ${this.back}, ${this.kind} [${this.y}])`;
}
class Reset implements fc.Command<Pair, Pair> {
  check = () => true;
  run(pair: Pair): void {
    expectSame(pair, pair.learner.reset(), pair.spec.reset());
    pair.newest = 0;
  }
  toString = () => 'reset()';
}
class SetWeights implements fc.Command<Pair, Pair> {
  constructor(readonly seed: number) {}
  check = () => true;
  run({ model, spec }: Pair): void {
    draw(model, this.seed);
    spec.setWeights(specWeightsOf(model));
  }
  toString = () => `setWeights(drawn from ${this.seed})`;
}
class Keep implements fc.Command<Pair, Pair> {
  check = () => true;
  run(pair: Pair): void {
    pair.kept = { back: pair.spec.mark(), snapshot: pair.learner.snapshot(), newest: pair.newest };
  }
  toString = () => 'snapshot()';
}
class GoBack implements fc.Command<Pair, Pair> {
  check = ({ kept }: Pair) => kept !== undefined;
  run(pair: Pair): void {
    const { kept } = pair;
    if (!kept) return;
    kept.back();
    pair.learner.restore(kept.snapshot);
    pair.newest = kept.newest;
    expectSame(pair, { updated: false }, { updated: false });
  }
  toString = () => 'restore()';
}

const given = fc.constantFrom('full', 'full', 'masked', 'part') satisfies fc.Arbitrary<Label>;
const samples = fc.array(
  fc.record({ x: numbers, kind: fc.oneof({ weight: 2, arbitrary: given }, fc.constant<Label>('none')), y: numbers }),
  { minLength: 1, maxLength: 10, size: 'max' },
);
export const commands = fc.commands(
  [
    samples.map((drawn) => new Steps(drawn)),
    samples.map((drawn) => new Steps(drawn)),
    fc.tuple(fc.nat(8), given, numbers).map(([back, kind, y]) => new LabelLate(back, kind, y)),
    fc.constant(new Reset()),
    fc.nat(1000).map((seed) => new SetWeights(seed)),
    fc.constant(new Keep()),
    fc.constant(new GoBack()),
  ],
  { maxCommands: 30, size: 'max' },
);
