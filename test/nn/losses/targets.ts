import fc from 'fast-check';

/** A float32 number, often small, sometimes large, sometimes the same again (a corner of mae or huber). */
export const value = fc.oneof(
  fc.float({ min: -3, max: 3, noNaN: true }),
  fc.float({ min: -200, max: 200, noNaN: true }),
  fc.constantFrom(0, 1, -1),
);
const element = (present: fc.Arbitrary<number>) =>
  fc.oneof({ weight: 4, arbitrary: present }, { weight: 1, arbitrary: fc.constantFrom(Number.NaN, undefined) });
export const elements = (width: number, present = value) =>
  fc.array(element(present), { minLength: width, maxLength: width });
export const esrParameters = [0.75, 0.5, 0.125];
