import { describe, expect, it } from 'vitest';
import { checkOptions, type OptionDeclarations } from '../../src/core/options.js';
import { showValue } from '../../src/core/showValue.js';

const declared: OptionDeclarations = {
  horizon: { type: 'whole', range: [1, 10], default: 1, doc: 'Rows ahead.' },
  season: { type: 'wholes', range: [0, 100], default: undefined, doc: 'Rows in a season.' },
  rate: { type: 'number', range: [0, 1], default: 0.1, doc: 'Of learning.' },
  features: { type: 'function', default: undefined, doc: 'Picks the numbers.' },
  intervals: { type: 'object', default: undefined, doc: 'Around the forecasts.' },
};
const check = (given: unknown) => () => checkOptions('forecast', declared, given);

describe('options', () => {
  it('pass as they are declared, and where they are left out', () => {
    const given = { horizon: 10, season: [24, 0], rate: 0, features: () => 1, intervals: {} };
    expect(check(given)).not.toThrow();
    expect(check({ season: 24, horizon: undefined })).not.toThrow();
    expect(check({})).not.toThrow();
  });

  it.each<[object, string]>([
    [{ horizon: '24' }, 'forecast: horizon must be a whole number from 1 to 10, got the text "24"; leave it out for 1'],
    [{ horizon: 11 }, 'horizon must be a whole number from 1 to 10, got 11'],
    [{ horizon: 1.5 }, 'got 1.5'],
    [{ horizon: Number.NaN }, 'got NaN'],
    [{ horizon: null }, 'got null'],
    [{ season: [24, '168'] }, 'a whole number, or a list of them, from 0 to 100, got the list [24, "168"]'],
    [{ season: [] }, 'got the list []'],
    [{ rate: 2n }, 'rate must be a number from 0 to 1, got the bigint 2; leave it out for 0.1'],
    [{ features: 'value' }, 'features must be a function, got the text "value"; leave it out for the default'],
    [{ intervals: 0.1 }, 'intervals must be an object, got 0.1'],
  ])('%o are refused, with their type and value', (given, message) => {
    expect(check(given)).toThrow(message);
    expect(check(given)).toThrow(expect.objectContaining({ code: 'invalid-option' }));
  });

  it.each([
    ['horizn', 'horizon'],
    ['Season', 'season'],
    ['feature', 'features'],
    ['intervalls', 'intervals'],
  ])('of the unknown name %s are refused with %s, the nearest known one', (name, nearest) => {
    expect(check({ [name]: 1 })).toThrow(`got "${name}"; did you mean "${nearest}"?`);
  });

  it('that are no object are refused', () => {
    expect(check(5)).toThrow('forecast: options must be an object, got 5; leave it out');
    expect(check([1])).toThrow('got the list [1]');
  });
});

describe('a value in a message', () => {
  it.each<[unknown, string]>([
    ['24', 'the text "24"'],
    [24, '24'],
    [undefined, 'undefined'],
    [{ a: 1 }, 'an object'],
    [new Date(0), 'a Date'],
    [new Float32Array(2), 'a Float32Array'],
    [() => 1, 'a function'],
    ['x'.repeat(50), `the text "${'x'.repeat(40)}…"`],
  ])('%o reads %s', (value, text) => {
    expect(showValue(value)).toBe(text);
  });
});
