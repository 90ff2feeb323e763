import { flags, openWorkerd } from '../../../tools/workerd.mjs';
import { type Frame, writeFrame } from '../src/frame.js';
import { isolateMemory } from './isolateMemory.js';

export const TOKEN = 'of-this-machine-alone';

/** No answer after so long is none. */
const ANSWER_MS = 20_000;

export interface EdgeOptions {
  /** Of the built worker. */
  readonly folder: string;
  /** Where the objects' databases are. */
  readonly storage: string;
  readonly framesPerSecond?: number;
  readonly token?: string;
  readonly port?: number;
  readonly inspect?: boolean;
}

/** The edge worker in a workerd of its own. */
export async function openEdge({
  folder,
  storage,
  framesPerSecond = 1e6,
  token = TOKEN,
  port = 0,
  inspect = false,
}: EdgeOptions) {
  const worker = {
    script: 'worker.js',
    flags: flags.plain,
    objects: { SENSORS: 'Sensor', FLEET: 'Fleet' },
    bindings: { TOKEN: token, FRAMES_PER_SECOND: framesPerSecond },
    storage,
  };
  const { url, inspector, ...workerd } = await openWorkerd(folder, { edge: worker }, { port, inspect });
  const base = url('edge');
  const authorization = `Bearer ${token}`;
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`${base}${path}`, {
      // Where a process is killed as a connection opens, nobody may ever say so.
      signal: AbortSignal.timeout(ANSWER_MS),
      ...init,
      headers: { authorization, ...init.headers },
    });
  return {
    ...workerd,
    url: base,
    /** Bytes of the isolate: JavaScript's heap, garbage included, and what lies beside it, the WebAssembly memory. With `inspect`. */
    memory: () => isolateMemory(inspector),
    /** With the token; any status is an answer. */
    ask,
    postJson: (sensor: string, { first, values }: { first: number; values: ArrayLike<number> }) =>
      ask(`/sensors/${sensor}/samples`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ first, values: Array.from(values) }),
      }),
    postBinary: (sensor: string, frame: Frame) =>
      ask(`/sensors/${sensor}/samples`, {
        method: 'POST',
        headers: { 'content-type': 'application/octet-stream' },
        body: writeFrame(frame),
      }),
  };
}

export type Edge = Awaited<ReturnType<typeof openEdge>>;
