// npm run demo:edge: the worker in workerd on this machine, and a real series for each of seven sensors streamed into it by WebSocket.
//   npm run demo:edge [-- --port 8787 --rate 20]      rate: samples a second of each sensor
import { mkdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { openEdge, TOKEN } from './openEdge.js';
import { openSource } from './openSource.js';
import { CHANNELS, readSeries, TRANSFORMER } from './series.js';

const { values: options } = parseArgs({
  options: { port: { type: 'string', default: '8787' }, rate: { type: 'string', default: '20' } },
});
const storage = 'build/edge/storage';
mkdirSync(storage, { recursive: true });
const edge = await openEdge({
  folder: 'build/edge/worker',
  storage,
  port: Number(options.port),
  framesPerSecond: Math.max(20, 2 * Number(options.rate)),
});
console.log(`${edge.url}/   the fleet; the token is ${TOKEN}; what they learn is kept in ${storage}; Ctrl-C ends it`);

const sources = await Promise.all(
  CHANNELS.map(async (channel) => {
    const response = await edge.ask(`/sensors/${channel}`);
    const taken: number = response.ok ? (await response.json()).taken : 0;
    const values = readSeries(TRANSFORMER, channel);
    console.log(`${channel}: goes on with sample ${taken + 1} of ${values.length}`);
    return openSource(`${edge.url}/sensors/${channel}/socket`, TOKEN, values, taken);
  }),
);

const number = (x: number | null) => (x?.toFixed(2) ?? '–').padStart(7);
let samples = 0;
const sending = setInterval(
  () => send().catch((error) => end(`${error.message}\nTo begin anew, delete ${storage}.`)),
  1000 / Number(options.rate),
);

async function send(): Promise<void> {
  const [first] = await Promise.all(sources.map((source) => source.sendNext()));
  if (sources.every((source) => source.ended)) return end('all series have ended');
  if (samples++ % Math.max(1, Math.round(Number(options.rate) / 2)) > 0 || first?.type !== 'answer') return;
  const { sensor, taken, value, forecast, low, high, score, alarm } = first;
  console.log(
    `${sensor} ${String(taken).padStart(6)} ${number(value[0])}  next ${number(forecast[0])} in [${number(low[0])}, ${number(high[0])}]  score ${score[0].toFixed(2)}${alarm[0] ? ' ALARM' : ''}`,
  );
}

function end(why: string): void {
  clearInterval(sending);
  for (const source of sources) source.close();
  edge.close();
  console.log(why);
}
process.once('SIGINT', () => end('ended'));
