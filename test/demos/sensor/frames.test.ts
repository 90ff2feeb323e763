import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameError, readBinary, readText } from '../../../demos/sensor-websocket/server/frames.js';

const NOW = 1_000_000;
const defaults = { sensor: undefined, channels: 1, interval: 0 };
const read = (text: string, given = {}) => {
  const { rows, ...frame } = readText(text, { ...defaults, ...given }, NOW);
  return { ...frame, rows: rows?.map(({ time, timed, values }) => [time, timed, ...values]) };
};

describe('a frame of text', () => {
  it('is a row of one channel, of several, or several rows', () => {
    expect(read('{"sensor":"a","values":1}').rows).toEqual([[NOW, false, 1]]);
    expect(read('{"sensor":"a","values":[1,2]}').rows).toEqual([[NOW, false, 1, 2]]);
    expect(read('{"sensor":"a","values":[[1],[2]]}').rows).toEqual([
      [NOW, false, 1],
      [NOW, false, 2],
    ]);
  });

  it('tells the times: of each row, of the first, or of none, and then they end now', () => {
    const rows = '"values":[[1],[2],[3]]';
    const times = (text: string) => read(text).rows?.map(([time]) => time);
    expect(times(`{"sensor":"a","t":[5,6,9],${rows}}`)).toEqual([5, 6, 9]);
    expect(times(`{"sensor":"a","t":5,"interval":10,${rows}}`)).toEqual([5, 15, 25]);
    expect(times(`{"sensor":"a","interval":10,${rows}}`)).toEqual([NOW - 20, NOW - 10, NOW]);
  });

  it('has null for what is missing, and leaves out rows with a number that is too large', () => {
    expect(read('{"sensor":"a","values":[[1,null],[1e31,0],[2,-1e999]]}')).toEqual({
      sensor: 'a',
      rows: [[NOW, false, 1, Number.NaN]],
      notFinite: 2,
    });
  });

  it('is values alone where the address names the sensor', () => {
    expect(read('21.5', { sensor: 'a' })).toMatchObject({ sensor: 'a', rows: [[NOW, false, 21.5]] });
    expect(read('[1,2]', { sensor: 'a' }).rows).toEqual([[NOW, false, 1, 2]]);
  });

  it('asks where a sensor stands when it has no values', () => {
    expect(read('{"sensor":"a"}')).toEqual({ sensor: 'a', rows: undefined, notFinite: 0 });
  });

  it('is read or refused, whatever it is', () => {
    const sane = (text: string) => {
      try {
        const { sensor, rows = [] } = readText(text, defaults, NOW);
        const learnable = (value: number) => Number.isNaN(value) || Math.abs(value) <= 1e30;
        return (
          /^.{1,64}$/su.test(sensor) &&
          rows.every(({ time, values }) => Number.isFinite(time) && values.length > 0 && values.length <= 8) &&
          rows.every(({ values }) => values.every(learnable))
        );
      } catch (error) {
        return error instanceof FrameError;
      }
    };
    fc.assert(fc.property(fc.string({ unit: 'binary' }), sane));
    fc.assert(fc.property(fc.json(), sane));
    const part = fc.oneof(
      fc.double(),
      fc.constant(null),
      fc.array(fc.oneof(fc.double(), fc.array(fc.double()))),
      fc.object(),
    );
    const frame = fc.record({ sensor: fc.string(), t: part, values: part, interval: part }, { requiredKeys: [] });
    fc.assert(fc.property(frame, (said) => sane(JSON.stringify(said))));
  });
});

describe('a binary frame', () => {
  it('is rows of little-endian float32, the channels side by side', () => {
    const bytes = new Uint8Array([0, 0, 0x80, 0x3f, 0, 0, 0, 0x40, 0, 0, 0x40, 0x40, 0, 0, 0x80, 0x40]);
    const { rows } = readBinary(bytes, { sensor: 'a', channels: 2, interval: 5 }, NOW);
    expect(rows?.map(({ time, values }) => [time, ...values])).toEqual([
      [NOW - 5, 1, 2],
      [NOW, 3, 4],
    ]);
  });
});
