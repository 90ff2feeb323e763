// node build/edge/cost.mjs: what a million sensors cost a month on Cloudflare, from the prices below, into README.md.
import { intoReadme } from './intoReadme.js';

/** Dollars, Workers Paid plan; what it includes is left out, it is lost in these sums. */
const PRICE = {
  aWorkerRequest: 0.3 / 1e6,
  aWorkerMillisecond: 0.02 / 1e6,
  anObjectRequest: 0.15 / 1e6,
  aGigabyteSecond: 12.5 / 1e6,
  aRowWritten: 1 / 1e6,
  aGigabyteMonth: 0.2,
};
/** Incoming WebSocket messages that count as one request. */
const MESSAGES_A_REQUEST = 20;
/** Billed for every object, whatever it uses. */
const GIGABYTES = 0.128;

const SENSORS = 1e6;
const HOURS = 730;
/** Above what node build/edge/measure.mjs finds for a frame of up to 100 samples. */
const FRAME_SECONDS = 0.01;
/** In the worker itself: name, token, length. */
const WORKER_MILLISECONDS = 1;
/** Of a sensor: its checkpoint and an empty database. */
const STORED_GIGABYTES = 0.11e-3;
/** An alarm set and a row of the fleet; an alarm that goes off and a request to the fleet. */
const REPORT = { rows: 2, requests: 2 };

interface Way {
  readonly name: string;
  readonly framesAnHour: number;
  readonly isHttp: boolean;
}

const WAYS: readonly Way[] = [
  { name: 'WebSocket, a frame of 1 sample a minute', framesAnHour: 60, isHttp: false },
  { name: 'WebSocket, a frame of 10 samples every ten minutes', framesAnHour: 6, isHttp: false },
  { name: 'HTTP, a frame of 10 samples every ten minutes', framesAnHour: 6, isHttp: true },
  { name: 'HTTP, a frame of 60 samples an hour', framesAnHour: 1, isHttp: true },
];

function costOf({ framesAnHour, isHttp }: Way) {
  const frames = SENSORS * HOURS * framesAnHour;
  const reports = SENSORS * HOURS;
  const requests = (isHttp ? frames : frames / MESSAGES_A_REQUEST) + REPORT.requests * reports;
  const worker = isHttp ? frames * (PRICE.aWorkerRequest + WORKER_MILLISECONDS * PRICE.aWorkerMillisecond) : 0;
  return {
    rows: (frames + REPORT.rows * reports) * PRICE.aRowWritten,
    requests: requests * PRICE.anObjectRequest + worker,
    duration: frames * FRAME_SECONDS * GIGABYTES * PRICE.aGigabyteSecond,
    storage: SENSORS * STORED_GIGABYTES * PRICE.aGigabyteMonth,
  };
}

const dollars = (sum: number) => `$${Math.round(sum).toLocaleString('en')}`;
const rows = WAYS.map((way) => {
  const { rows, requests, duration, storage } = costOf(way);
  const total = rows + requests + duration + storage;
  const each = (total / SENSORS).toFixed(4);
  return `| ${way.name} | ${[rows, requests, duration, storage, total].map(dollars).join(' | ')} | $${each} |`;
});
const table = `
| a million sensors, a sample a minute each; a month | rows written | requests | duration | storage | together | a sensor |
| --- | ---: | ---: | ---: | ---: | ---: | ---: |
${rows.join('\n')}
`;
intoReadme('cost', table);
console.log(table);
