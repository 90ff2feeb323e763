import { mkdirSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { readFrame, writeFrame } from '../src/frame.js';
import type { Answer } from '../src/replies.js';
import { type Edge, openEdge } from './openEdge.js';
import { CHANNELS, readSeries, TRANSFORMER } from './series.js';

export interface Kills {
  readonly kills: number;
  /** Frames that were cut off, by whether the worker had kept them. */
  readonly cutOff: { kept: number; gone: number };
  readonly samples: number;
  /** Acknowledged samples that the worker did not know any more. */
  readonly lost: number;
  /** Answers that are not those of the run that nobody disturbed. */
  readonly otherAnswers: number;
  /** Sensors whose checkpoint (weights, moments, states, counts) is not, to the last bit, that of the undisturbed run. */
  readonly otherBits: number;
}

const SENSORS = CHANNELS.slice(0, 4);
const FRAME = 8;

/**
 * Streams four real series into the worker, all at once, kills it with SIGKILL at random moments and starts it again on the same storage. A client
 * knows only what was acknowledged: it sends what was not again. Then the same frames go to a worker that nobody kills.
 */
export async function edgeKills(options: {
  folder: string;
  storage: string;
  kills: number;
  seed: number;
}): Promise<Kills> {
  const { folder, storage, kills } = options;
  const random = mulberry32(options.seed);
  const series = SENSORS.map((sensor) => ({ sensor, values: readSeries(TRANSFORMER, sensor) }));
  const frameAt = (values: Float32Array, taken: number) =>
    readFrame(writeFrame({ first: taken + 1, values: values.subarray(taken, taken + FRAME) }));

  const acknowledged = SENSORS.map(() => 0);
  const answers = SENSORS.map((): Map<number, string> => new Map());
  const result = { kills, cutOff: { kept: 0, gone: 0 }, samples: 0, lost: 0, otherAnswers: 0, otherBits: 0 };
  const disturbed = `${storage}/disturbed`;
  mkdirSync(disturbed);
  let edge = await openEdge({ folder, storage: disturbed });
  for (let kill = 0; kill < kills; kill++) {
    let alive = true;
    // Some die before their first answer, some in full flight.
    let toCome = Math.floor(60 * random());
    const clients = series.map(async ({ sensor, values }, k) => {
      while (alive) {
        const frame = frameAt(values, acknowledged[k]);
        const answer = await send(edge, sensor, frame);
        if (!answer) return;
        answers[k].set(frame.first, answer);
        acknowledged[k] += FRAME;
        toCome--;
      }
    });
    let sending = clients.length;
    const stop = () => sending--;
    for (const client of clients) void client.then(stop, stop);
    // A worker that nobody answers for has died by itself: there is nothing to wait for.
    while (toCome > 0 && sending > 0) await wait(1);
    await wait(10 * random());
    await edge.kill();
    alive = false;
    await Promise.all(clients);
    edge = await openEdge({ folder, storage: disturbed });
    for (const [k, { sensor }] of series.entries()) {
      const response = await edge.ask(`/sensors/${sensor}`);
      const taken = response.ok ? (await response.json()).taken : 0;
      if (taken < acknowledged[k]) result.lost += acknowledged[k] - taken;
      if (taken > acknowledged[k]) result.cutOff.kept++;
      else result.cutOff.gone++;
    }
  }
  // What was kept and not acknowledged is sent again by the rules, too: its answer must be the one that got lost.
  for (const [k, { sensor, values }] of series.entries()) {
    const frame = frameAt(values, acknowledged[k]);
    const answer = await send(edge, sensor, frame);
    if (answer) answers[k].set(frame.first, answer);
    acknowledged[k] += FRAME;
  }
  const ends = await Promise.all(series.map(({ sensor }) => checkpointOf(edge, sensor)));
  edge.close();

  const quiet = `${storage}/quiet`;
  mkdirSync(quiet);
  edge = await openEdge({ folder, storage: quiet });
  await Promise.all(
    series.map(async ({ sensor, values }, k) => {
      for (let taken = 0; taken < acknowledged[k]; taken += FRAME) {
        const answer = await send(edge, sensor, frameAt(values, taken));
        if (answer !== answers[k].get(taken + 1)) result.otherAnswers++;
      }
      result.samples += acknowledged[k];
      if (Buffer.compare(ends[k], await checkpointOf(edge, sensor)) !== 0) result.otherBits++;
    }),
  );
  edge.close();
  return result;
}

/** The answer's numbers as text; undefined where the worker died before it came. */
async function send(edge: Edge, sensor: string, frame: ReturnType<typeof readFrame>): Promise<string | undefined> {
  let response: Response;
  let answer: Answer;
  try {
    response = await edge.postBinary(sensor, frame);
    answer = await response.json();
  } catch {
    return undefined;
  }
  if (!response.ok) throw new Error(JSON.stringify(answer));
  const { first, forecast, low, high, score, alarm } = answer;
  return JSON.stringify({ first, forecast, low, high, score, alarm });
}

async function checkpointOf(edge: Edge, sensor: string): Promise<Buffer> {
  return Buffer.from(await (await edge.ask(`/sensors/${sensor}/checkpoint`)).arrayBuffer());
}

/** Numbers in [0, 1) by Tommy Ettinger's mulberry32 (public domain). */
function mulberry32(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
