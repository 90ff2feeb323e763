import { describe, expect, it } from 'vitest';
import { Store } from '../../demos/sensor-websocket/page/Store.js';
import type { Point, SensorSummary, ViewerMessage } from '../../demos/sensor-websocket/protocol.js';

const summary = (sensor: string): SensorSummary => ({
  sensor,
  channels: 1,
  rows: 3,
  rowsPerSecond: 1,
  time: 0,
  values: [1],
  anomalies: 0,
  skill: null,
  frozen: false,
});
const point = (index: number, more: Partial<Point> = {}): Point => ({
  index,
  time: 1000 * index,
  values: [index],
  forecast: [index - 0.5],
  low: [null],
  high: [null],
  score: 0,
  ...more,
});

function open(...names: string[]) {
  const said: ViewerMessage[] = [];
  const store = new Store((message) => said.push(message));
  if (names.length) store.apply({ type: 'sensors', sensors: names.map(summary) });
  return { store, said };
}

describe('the sensors that are shown', () => {
  it('are the first four until a person chooses', () => {
    const { store, said } = open('a', 'b', 'c', 'd', 'e');
    expect(store.lead).toBe('a');
    expect(said).toEqual([{ type: 'watch', sensors: ['a', 'b', 'c', 'd'] }]);
  });

  it('grow as sensors come, and are asked for once', () => {
    const { store, said } = open('a');
    store.apply({ type: 'sensors', sensors: ['a', 'b'].map(summary) });
    store.apply({ type: 'sensors', sensors: ['a', 'b'].map(summary) });
    expect(said.map((message) => message.type === 'watch' && message.sensors)).toEqual([['a'], ['a', 'b']]);
  });

  it('stay as chosen when others come', () => {
    const { store } = open('a', 'b');
    store.toggle('b');
    store.apply({ type: 'sensors', sensors: ['a', 'b', 'c'].map(summary) });
    expect(store.shown).toEqual(['a']);
  });

  it('are led by the one that is followed', () => {
    const { store } = open('a', 'b');
    store.follow('b');
    expect(store.shown).toEqual(['b', 'a']);
  });

  it('are at most eight, however many are asked for', () => {
    const { store } = open(...'abcdefghij');
    for (const sensor of 'efghij') store.toggle(sensor);
    expect(store.shown).toHaveLength(8);
    expect(store.lead).toBe('a');
  });

  it('are asked for again by a new connection', () => {
    const { store, said } = open('a');
    store.apply({ type: 'hello', version: 1, cells: ['gru'], replay: null });
    expect(said).toHaveLength(2);
    expect(said[1]).toEqual({ type: 'watch', sensors: ['a'] });
  });

  it('leave those that the server forgot', () => {
    const { store } = open('a', 'b');
    store.follow('b');
    store.apply({ type: 'sensors', sensors: [summary('a')] });
    expect(store.shown).toEqual(['a']);
  });
});

describe('rows', () => {
  it('that are missing numbers have NaN in their place', () => {
    const { store } = open('a');
    store.apply({ type: 'history', sensor: 'a', points: [point(1), point(2, { values: [null] })] });
    expect(store.rows && [...store.rows.value]).toEqual([1, Number.NaN]);
    expect(store.rows && [...store.rows.low]).toEqual([Number.NaN, Number.NaN]);
  });

  it('of a history take the place of what was there', () => {
    const { store } = open('a');
    store.apply({ type: 'points', sensor: 'a', points: [point(1), point(2)], dropped: 0 });
    store.apply({ type: 'history', sensor: 'a', points: [point(2), point(3)] });
    expect(store.rows && [...store.rows.index]).toEqual([2, 3]);
  });

  it('that count from 1 again begin anew', () => {
    const { store } = open('a');
    store.apply({ type: 'points', sensor: 'a', points: [point(7), point(8)], dropped: 0 });
    store.apply({ type: 'points', sensor: 'a', points: [point(1)], dropped: 0 });
    expect(store.rows && [...store.rows.index]).toEqual([1]);
  });

  it('are those of the window, or of the stretch that is held', () => {
    const { store } = open('a');
    const points = Array.from({ length: 500 }, (_, i) => point(i + 1));
    store.apply({ type: 'points', sensor: 'a', points, dropped: 0 });
    expect(store.rows?.index[0]).toBe(201);
    store.held = { from: 10, to: 12 };
    expect(store.rows && [...store.rows.index]).toEqual([10, 11, 12]);
  });

  it('of a sensor that is not shown are left', () => {
    const { store } = open('a');
    store.apply({ type: 'points', sensor: 'b', points: [point(1)], dropped: 0 });
    expect(store.historyOf('b').channels).toEqual([]);
  });

  it('with an alarm are remembered with its cause', () => {
    const { store } = open('a');
    store.apply({
      type: 'points',
      sensor: 'a',
      points: [point(1), point(2, { score: 0.9, alarm: 'season' })],
      dropped: 3,
    });
    expect(store.history?.alarms.map(({ point: { index }, cause }) => [index, cause])).toEqual([[2, 'season']]);
    expect(store.history?.dropped).toBe(3);
  });
});
