import { describe, expect, it } from 'vitest';
import { cos, erf, erfc, exp, expm1, log, log1p, pow, sigmoid, sin, tanh } from '../../src/math/functions.js';

type Curve = (x: number) => number;

/** Distance in units of 2^-52 of the expected value, or of the smallest subnormal. */
const ulps = (got: number, expected: number) =>
  Object.is(got, expected) ? 0 : Math.abs(got - expected) / Math.max(Math.abs(expected) * 2 ** -52, 5e-324);

function worst(own: Curve, host: Curve, from: number, to: number, points = 40_000): number {
  let most = 0;
  for (let i = 0; i <= points; i++) {
    const x = from + ((to - from) * i) / points;
    const error = ulps(own(x), host(x));
    if (!(error <= most)) most = error;
  }
  return most;
}

// The host's own error, below 1 ulp in every engine we know, comes on top of the stated bound.
const HOST = 1;

describe('own functions keep their stated bounds against the host', () => {
  it.each<[string, Curve, Curve, number, [number, number][]]>([
    [
      'exp',
      exp,
      Math.exp,
      1,
      [
        [-708, 709.7],
        [-1, 1],
        [-1e-9, 1e-9],
      ],
    ],
    ['exp, subnormal', exp, Math.exp, 1, [[-745, -708.4]]],
    [
      'expm1',
      expm1,
      Math.expm1,
      2,
      [
        [-50, 50],
        [-1, 1],
        [-1e-6, 1e-6],
        [50, 709],
      ],
    ],
    [
      'log',
      log,
      Math.log,
      1,
      [
        [1e-9, 10],
        [0.5, 2],
        [0.999, 1.001],
        [1, 1e12],
        [1e-310, 1e-307],
      ],
    ],
    [
      'log1p',
      log1p,
      Math.log1p,
      2,
      [
        [-0.999999, 5],
        [-0.01, 0.01],
        [-1e-9, 1e-9],
        [1, 1e17],
      ],
    ],
    [
      'tanh',
      tanh,
      Math.tanh,
      3,
      [
        [-23, 23],
        [-1.2, 1.2],
        [-1e-6, 1e-6],
      ],
    ],
    [
      'sin',
      sin,
      Math.sin,
      2,
      [
        [-10, 10],
        [3.14, 3.15],
        [-1e6, 1e6],
      ],
    ],
    [
      'cos',
      cos,
      Math.cos,
      2,
      [
        [-10, 10],
        [1.57, 1.58],
        [-1e6, 1e6],
      ],
    ],
    ['sigmoid', sigmoid, (x) => 1 / (1 + Math.exp(-x)), 3, [[-5, 40]]],
  ])('%s', (_, own, host, bound, ranges) => {
    for (const [from, to] of ranges) expect(worst(own, host, from, to)).toBeLessThanOrEqual(bound + HOST);
  });

  it('pow', () => {
    for (const y of [0.5, 1.5, -2.7, 17.3, -100.5, 200]) {
      for (let x = 0.1; x < 30; x *= 1.01) {
        expect(ulps(pow(x, y), x ** y)).toBeLessThanOrEqual(2 + Math.abs(y * Math.log(x)) + HOST);
      }
    }
    for (let y = -64; y <= 64; y++) {
      for (let x = -3; x < 3; x += 0.37) expect(ulps(pow(x, y), x ** y)).toBeLessThanOrEqual(Math.abs(y) + HOST);
    }
  });

  it('sigmoid stays relative where it is tiny', () => {
    for (let x = -700; x < -40; x += 0.7) expect(ulps(sigmoid(x), Math.exp(x))).toBeLessThanOrEqual(2 + HOST);
  });
});

describe('edges go as in the host', () => {
  const edges = [0, -0, 1, -1, Infinity, -Infinity, NaN, 5e-324, -5e-324, 1e-310, -1e-310, 1e308, -1e308];
  const values = [...edges, Number.MAX_VALUE, -Number.MAX_VALUE, 2 ** -1022, -746, 710, -750];

  it.each<[string, Curve, Curve]>([
    ['exp', exp, Math.exp],
    ['expm1', expm1, Math.expm1],
    ['log', log, Math.log],
    ['log1p', log1p, Math.log1p],
    ['tanh', tanh, Math.tanh],
  ])('%s', (_, own, host) => {
    for (const x of values) expect(ulps(own(x), host(x)), `at ${x}`).toBeLessThanOrEqual(2);
  });

  it('sin and cos', () => {
    for (const x of [0, -0, 5e-324, -1e-310, Infinity, -Infinity, NaN]) {
      expect(sin(x)).toBe(Math.sin(x));
      expect(cos(x)).toBe(Math.cos(x));
    }
  });

  it('pow', () => {
    for (const x of [...values, 0.5, 2, -0.5, -2]) {
      for (const y of [0, -0, 1, -1, 2, 3, -3, 0.5, -0.5, 2 ** 53, Infinity, -Infinity, NaN]) {
        const spread = Math.abs(y * Math.log(Math.abs(x)));
        const bound = 2 + HOST + (spread < Infinity ? spread : 0);
        expect(ulps(pow(x, y), x ** y), `${x} ** ${y}`).toBeLessThanOrEqual(bound);
      }
    }
    expect(pow(10, 15)).toBe(1e15);
    expect(pow(0.5, 9)).toBe(1 / 512);
  });

  it('sigmoid', () => {
    expect([-Infinity, -0, 0, Infinity, NaN].map(sigmoid)).toEqual([0, 0.5, 0.5, 1, NaN]);
  });
});

// Twenty digits by mpmath 1.2.1 at 120 bits.
describe('erf and erfc keep their stated bounds against mpmath', () => {
  it.each([
    [-3, '-0.99997790950300141456'],
    [-0.7, '-0.67780119383741844228'],
    [1e-12, '1.1283791670955125512e-12'],
    [0.3, '0.32862675945912741619'],
    [1, '0.84270079294971486934'],
    [1.5, '0.96610514647531072707'],
    [2.5, '0.99959304798255504106'],
    [5, '0.99999999999846254021'],
  ])('erf(%s)', (x, expected) => expect(ulps(erf(x), Number(expected))).toBeLessThanOrEqual(3));

  it.each([
    [-2, '1.9953222650189527342'],
    [0.5, '0.47950012218695346232'],
    [1, '0.15729920705028513066'],
    [1.25, '0.077099871743541769863'],
    [2, '0.0046777349810472658379'],
    [4, '1.5417257900280018852e-8'],
    [10, '2.088487583762544757e-45'],
    [20, '5.3958656116079009289e-176'],
    [26, '5.6631924088561428465e-296'],
  ])('erfc(%s)', (x, expected) => expect(ulps(erfc(x), Number(expected))).toBeLessThanOrEqual(6));

  it('their edges and their sum', () => {
    expect([0, -0, Infinity, -Infinity, NaN].map(erf)).toEqual([0, -0, 1, -1, NaN]);
    expect([0, Infinity, -Infinity, NaN].map(erfc)).toEqual([1, 0, 2, NaN]);
    for (let x = -6; x < 6; x += 0.01) expect(Math.abs(erf(x) + erfc(x) - 1)).toBeLessThan(5e-16);
  });
});
