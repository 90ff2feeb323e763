// A live dashboard of sensors that eddy learns as they speak: npm start
import { existsSync, readFileSync } from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import { createBareRuntime, loadKernels } from 'rx-eddy';
import { warn } from './server/log.js';
import { startServer } from './server/startServer.js';
import { Bridge } from './sources/bridge.js';
import { Client } from './sources/client.js';
import { bridgeMqtt } from './sources/mqtt.js';
import { pullFrom } from './sources/pull.js';
import { SeriesReplay } from './sources/replay.js';
import { shippedSeries } from './sources/series.js';

const whole = (least: number, most: number) => (text: string) => {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new InvalidArgumentError(`must be a whole number from ${least} to ${most}`);
};
const above0 = (text: string) => {
  const value = Number(text);
  if (value > 0 && value <= 1e3) return value;
  throw new InvalidArgumentError('must be above 0, up to 1000');
};

const sources = (text: string, others: string[] = []) => {
  if (/^([^=:/]+=)?wss?:\/\//.test(text) && URL.canParse(text.slice(text.search(/wss?:/)))) return [...others, text];
  throw new InvalidArgumentError('must be ws://… or NAME=ws://…');
};

const command = new Command('sensors')
  .description('Watches sensors over WebSockets: forecasts, intervals, anomalies, and what the networks do.')
  .option('--host <address>', 'where to listen; other machines can connect where it is not loopback', '127.0.0.1')
  .option('--port <number>', '0: any that is free', whole(0, 65535), 8080)
  .option('--tls <files...>', 'a certificate and its key, two PEM files')
  .addOption(new Option('--token <text>', 'needed of every sensor and viewer').env('EDDY_TOKEN'))
  .option('--origin <origins...>', 'pages of other origins that may connect, such as https://example.org', [])
  .option('--checkpoints <folder>', 'where each sensor is kept', 'build/sensors')
  .option('--checkpoint-seconds <number>', 'between two checkpoints of a sensor', above0, 30)
  .option('--max-sensors <number>', 'sensors in memory', whole(1, 100_000), 2000)
  .option('--max-connections <number>', 'at once', whole(1, 100_000), 2048)
  .option('--max-per-address <number>', 'connections from one address at once', whole(1, 100_000), 256)
  .option('--no-replay', 'replay no recorded series')
  .option('--speed <rows>', 'rows a second of each replayed series', above0, 10)
  .option('--pull <urls...>', 'sensors that are WebSocket servers themselves, ws://… or NAME=ws://…', sources, [])
  .option('--mqtt <url>', 'a broker to hear, mqtt://…; each topic is a sensor')
  .option('--mqtt-topic <filter>', 'what to hear there', 'sensors/#')
  .option('--ping-seconds <number>', 'between pings; who has not answered the last is closed', above0, 15)
  .option('--data <folder>', 'of the recorded series', 'data')
  .option('--page <folder>', 'the built page', 'build/demos/dashboard')
  .parse();
const options = command.opts<{
  host: string;
  port: number;
  tls?: string[];
  token?: string;
  origin: string[];
  checkpoints: string;
  checkpointSeconds: number;
  maxSensors: number;
  maxConnections: number;
  maxPerAddress: number;
  replay: boolean;
  speed: number;
  pull: string[];
  mqtt?: string;
  mqttTopic: string;
  pingSeconds: number;
  data: string;
  page: string;
}>();

const { tls, ...rest } = options;
const { host, token } = rest;
if (tls && (tls.length !== 2 || !tls.every((file) => existsSync(file))))
  command.error('error: --tls takes two files that exist, the certificate and its key');

const server = await startServer({
  ...rest,
  runtime: createBareRuntime(await loadKernels()),
  origins: rest.origin,
  checkpointMs: 1000 * rest.checkpointSeconds,
  ...(tls && { tls: { cert: readFileSync(tls[0]), key: readFileSync(tls[1]) } }),
  pingMs: 1000 * rest.pingSeconds,
  warn,
}).catch((error: unknown) => command.error(`error: ${error instanceof Error ? error.message : String(error)}`));
console.log(`eddy watches sensors at ${server.url}`);
const loopback = ['127.0.0.1', '::1', 'localhost'].includes(host);
if (!loopback && token === undefined)
  warn('warning: whoever reaches this address can send and see everything; give --token');
if (!loopback && !tls)
  warn('warning: nothing is encrypted, and a phone gives /phone its sensors over TLS only; give --tls');

const closing: (() => void)[] = [];
/** A source's own connection to the server, as any other sensor's. */
const openClient = (path: string, events: ConstructorParameters<typeof Client>[1] = {}) => {
  const url = Object.assign(new URL(path, server.url), { protocol: tls ? 'wss:' : 'ws:' });
  const client = new Client(url, events, { token, trustsOwnServer: true });
  closing.push(() => client.close());
  return client;
};
if (rest.replay) {
  const replay = new SeriesReplay(shippedSeries(rest.data), rest.speed);
  const client = openClient('ingest?answers', {
    open: () => replay.ask(client),
    message: (data) => replay.hear(data, client),
  });
  server.replayedBy(replay);
  closing.push(() => replay.close());
}
if (rest.pull.length > 0 || rest.mqtt !== undefined) {
  const client = openClient('ingest');
  await client.ready;
  const bridge = new Bridge(client, warn);
  for (const source of rest.pull) closing.push(pullFrom(source, bridge));
  if (rest.mqtt !== undefined) closing.push(await bridgeMqtt(rest.mqtt, rest.mqttTopic, bridge, warn));
}

let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (stopping) process.exit(1);
    stopping = true;
    for (const close of closing) close();
    server.close().then(() => process.exit(0));
  });
}
