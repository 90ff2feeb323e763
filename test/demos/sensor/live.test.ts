import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { NetworkView, ServerMessage, ViewerMessage } from '../../../demos/sensor-websocket/protocol.js';
import { decodeCheckpoint, specOf } from '../../../src/checkpoint/index.js';
import { createModel } from '../../../src/nn/createModel.js';
import { SensorClient, type SensorServer, startSensorServer, temporaryFolder } from './sensorServer.js';

type Message<Type> = Extract<ServerMessage, { type: Type }>;

/** A dashboard, as far as it is a connection. */
class Dashboard {
  readonly seen: ServerMessage[] = [];
  readonly #listeners = new Set<(message: ServerMessage) => void>();

  constructor(readonly socket: WebSocket) {
    socket.on('message', (data) => {
      const message: ServerMessage = JSON.parse(String(data));
      this.seen.push(message);
      for (const listener of this.#listeners) listener(message);
    });
  }

  say(message: ViewerMessage): void {
    this.socket.send(JSON.stringify(message));
  }

  /** The next message of this kind that is as it should be. */
  next<Type extends ServerMessage['type']>(type: Type, fits: (message: Message<Type>) => boolean = () => true) {
    return new Promise<Message<Type>>((resolve) => {
      const listener = (message: ServerMessage) => {
        if (!isOf(message, type) || !fits(message)) return;
        this.#listeners.delete(listener);
        resolve(message);
      };
      this.#listeners.add(listener);
    });
  }
}

const isOf = <Type extends ServerMessage['type']>(message: ServerMessage, type: Type): message is Message<Type> =>
  message.type === type;

const folder = temporaryFolder();
let server: SensorServer;
let sensor: SensorClient;
let beat: NodeJS.Timeout;
let dashboard: Dashboard;
let rows = 0;

beforeAll(async () => {
  server = await startSensorServer(folder.path);
  sensor = await SensorClient.open(server.socket('ingest?sensor=tide&answers'));
  const wave = () => 10 + 3 * Math.sin(rows++ / 7);
  sensor.say(Array.from({ length: 200 }, () => [wave()]));
  await sensor.heard(200);
  beat = setInterval(() => sensor.say([wave()]), 20);
  dashboard = new Dashboard(new WebSocket(server.socket('live')));
});
afterAll(async () => {
  clearInterval(beat);
  sensor.socket.terminate();
  await server.stop();
  folder.remove();
});

const labOf = async (fits: (networks: Message<'networks'>['networks']) => boolean = () => true) =>
  (await dashboard.next('networks', ({ networks }) => fits(networks))).networks;
const updates = ({ networks }: Message<'networks'>['networks']) => networks.map(({ updates }) => updates);

describe('a dashboard', () => {
  it('is greeted, and told of all sensors and of the load', async () => {
    expect(await dashboard.next('hello')).toEqual({
      type: 'hello',
      version: 1,
      cells: ['rnn', 'lstm', 'gru'],
      replay: null,
    });
    const { sensors } = await dashboard.next('sensors');
    expect(sensors).toMatchObject([{ sensor: 'tide', channels: 1, anomalies: expect.any(Number), frozen: false }]);
    const { load } = await dashboard.next('load', ({ load }) => load.rowsPerSecond > 0);
    expect(load).toMatchObject({ sensors: 1, viewers: 1 });
    expect(load.latency.p99).toBeGreaterThan(0);
    expect(load.heapBytes).toBeGreaterThan(10_000);
  });

  it('sees the history of a sensor, then every row once, with what had been expected of it', async () => {
    dashboard.say({ type: 'watch', sensors: ['tide'] });
    const { points } = await dashboard.next('history');
    expect(points.length).toBeGreaterThanOrEqual(200);
    const later = await dashboard.next('points', ({ points }) => points[points.length - 1].index > 260);
    const all = dashboard.seen.flatMap((message) =>
      message.type === 'points' || message.type === 'history' ? message.points : [],
    );
    expect(all.map(({ index }) => index)).toEqual(all.map((_, i) => i + 1));
    expect(later.dropped).toBe(0);
    const { values, forecast, low, high, score } = all[all.length - 1];
    expect(Math.abs(Number(forecast[0]) - Number(values[0]))).toBeLessThan(1);
    expect(Number(low[0])).toBeLessThan(Number(high[0]));
    expect(score).toBeGreaterThanOrEqual(0);
    // What was told of the row after a row is what is shown with that row.
    expect(sensor.answers[209].next).toEqual(all[210].forecast);
  });

  it('sees RNN, LSTM and GRU side by side, taught by what was held', async () => {
    const { networks, settings } = await labOf(({ networks }) => networks.every(({ updates }) => updates > 20));
    expect(settings).toMatchObject({ cell: 'lstm', units: 32, k1: 1, k2: 8 });
    expect(networks.map(({ cell }) => cell)).toEqual(['rnn', 'lstm', 'gru']);
    const gates = {
      rnn: ['hidden'],
      lstm: ['cell', 'forget', 'hidden', 'input', 'output'],
      gru: ['hidden', 'reset', 'update'],
    };
    for (const network of networks) {
      expect(Object.keys(network.gates)).toEqual(expect.arrayContaining(gates[network.cell]));
      for (const values of Object.values(network.gates)) expect(values).toHaveLength(settings.units);
      expect(network.gradientNormByLag).toHaveLength(settings.k2);
      expect(network.stepTime.counts).toHaveLength(network.stepTime.bounds.length + 1);
      expect(Number(network.skill)).toBeGreaterThan(0.3); // a sine is easy
    }
    const sigmoid = ({ gates }: NetworkView) =>
      [gates.forget, gates.reset, gates.update].flatMap((values) => values ?? []);
    for (const value of networks.flatMap(sigmoid)) expect(value > 0 && value < 1).toBe(true);
  });
});

describe('what a dashboard says acts at once', () => {
  it('frozen networks learn nothing, and learn again', async () => {
    dashboard.say({ type: 'freeze', sensor: 'tide', frozen: true });
    const first = await labOf(({ frozen }) => frozen);
    await dashboard.next('points');
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(updates(await labOf())).toEqual(updates(first));
    dashboard.say({ type: 'freeze', sensor: 'tide', frozen: false });
    const [before] = updates(first);
    expect((await labOf((networks) => updates(networks)[0] > before)).frozen).toBe(false);
  });

  it('a learning rate keeps the networks, a number of units starts them afresh from what is held', async () => {
    const before = await labOf();
    dashboard.say({ type: 'configure', sensor: 'tide', settings: { learningRate: 0.02 } });
    const faster = await labOf(({ settings }) => settings.learningRate === 0.02);
    expect(updates(faster)[2]).toBeGreaterThanOrEqual(updates(before)[2]);
    dashboard.say({ type: 'configure', sensor: 'tide', settings: { units: 8, k1: 4, k2: 12, cell: 'lstm' } });
    const { networks } = await labOf(({ settings }) => settings.units === 8);
    for (const { gates, updates, gradientNormByLag } of networks) {
      expect(gates.hidden).toHaveLength(8);
      expect(gradientNormByLag).toHaveLength(12);
      expect(updates).toBeGreaterThan(20);
    }
  });

  it('weights are kept, and come back to the bit', async () => {
    dashboard.say({ type: 'freeze', sensor: 'tide', frozen: true });
    await labOf(({ frozen }) => frozen);
    dashboard.say({ type: 'snapshot', sensor: 'tide' });
    const { snapshots } = await labOf(({ snapshots }) => snapshots.length === 1);
    const kept = decodeCheckpoint(await exported());
    dashboard.say({ type: 'freeze', sensor: 'tide', frozen: false });
    await labOf((networks) => !networks.frozen);
    await new Promise((resolve) => setTimeout(resolve, 600));
    dashboard.say({ type: 'freeze', sensor: 'tide', frozen: true });
    await labOf(({ frozen }) => frozen);
    expect(decodeCheckpoint(await exported()).weights).not.toEqual(kept.weights);
    dashboard.say({ type: 'rollBack', sensor: 'tide', snapshot: snapshots[0].id });
    await labOf();
    expect(decodeCheckpoint(await exported()).weights).toEqual(kept.weights);
  });
});

const exported = async () =>
  new Uint8Array(await (await fetch(new URL('export.checkpoint?sensor=tide', server.url))).arrayBuffer());

describe('what can be taken away', () => {
  it('is a checkpoint whose weights make the network again', async () => {
    const { definition, weights, offset } = decodeCheckpoint(await exported());
    if (!definition) throw new Error('it has a network');
    const model = await createModel(specOf(definition));
    model.setWeights(weights);
    expect(definition.layers).toMatchObject([{ cell: 'lstm', units: 8 }]);
    expect(offset).toBeGreaterThan(200);
  });

  it('is a table of what is held', async () => {
    const text = await (await fetch(new URL('export.csv?sensor=tide', server.url))).text();
    const [head, ...lines] = text.trim().split('\n');
    expect(head).toBe('index,time,value,forecast,low,high,score,alarm');
    const last = lines[lines.length - 1].split(',');
    expect(Number(last[2])).toBeCloseTo(10 + 3 * Math.sin((Number(last[0]) - 1) / 7), 9);
    expect(new Date(last[1]).getTime()).toBeGreaterThan(Date.now() - 60_000);
  });

  it('is for sensors that are there', async () => {
    expect((await fetch(new URL('export.csv?sensor=none', server.url))).status).toBe(404);
  });
});

describe('those who watch the server', () => {
  it('find it well, and its counts in Prometheus’ words', async () => {
    expect(await (await fetch(new URL('healthz', server.url))).text()).toBe('ok\n');
    expect(await server.metric('eddy_samples_total{operator="learn"}')).toBeGreaterThanOrEqual(200);
    expect(await server.metric('eddy_demo_viewers')).toBe(1);
    expect(await server.metric('eddy_demo_latency_seconds_count')).toBeGreaterThanOrEqual(200);
  });

  it('see it save what it has learned when it is asked to go, and dashboards told', async () => {
    const gone = once(dashboard.socket, 'close');
    const { index = 0 } = sensor.answers[sensor.answers.length - 1];
    await server.stop();
    expect((await gone)[0]).toBe(1001);
    const again = await startSensorServer(folder.path);
    try {
      const client = await SensorClient.open(again.socket('ingest?answers'));
      client.say({ sensor: 'tide' });
      expect((await client.heard(1))[0].rows).toBeGreaterThanOrEqual(index);
    } finally {
      await again.stop();
    }
  });
});
