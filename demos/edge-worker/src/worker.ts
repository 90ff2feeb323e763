import page from '../page/fleet.html';
import { authorize } from './authorize.js';
import type { Env } from './env.js';
import { FRAME_BYTES, NAME } from './limits.js';
import { asRefusal, Refusal } from './refusal.js';

export { Fleet } from './fleet.js';
export { Sensor } from './sensor.js';

/** What may be asked of a sensor: by method, whether a token is needed, whether it is a WebSocket. */
const ACTS: { readonly [act: string]: { methods: readonly string[]; isOpen?: boolean; isSocket?: boolean } } = {
  '': { methods: ['GET', 'DELETE'], isOpen: true },
  samples: { methods: ['POST'] },
  socket: { methods: ['GET'], isSocket: true },
  live: { methods: ['GET'], isSocket: true, isOpen: true },
  checkpoint: { methods: ['GET'] },
};

const TYPES = ['application/json', 'application/octet-stream'];

const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'",
};

/** Turns away what no sensor has to be woken for, and passes the rest on to its object. */
export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    try {
      return await route(request, env);
    } catch (error) {
      return asRefusal(error).toResponse();
    }
  },
};

async function route(request: Request, env: Env): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const [, top, name, act = '', ...others] = pathname.split('/');
  if (pathname === '/') return new Response(page, { headers: HEADERS });
  if (pathname === '/fleet' && request.method === 'GET') {
    return env.FLEET.get(env.FLEET.idFromName('fleet')).fetch(`https://fleet/${search}`);
  }
  const rule = top === 'sensors' && others.length === 0 && Object.hasOwn(ACTS, act) ? ACTS[act] : undefined;
  if (!rule || !name) throw new Refusal('not-found', `there is nothing at ${pathname}; the README lists what there is`);
  if (!NAME.test(name)) {
    throw new Refusal('invalid-name', 'a sensor must have a name of 1 to 64 letters, digits, ".", "_" and "-"');
  }
  if (!rule.methods.includes(request.method)) {
    throw new Refusal('method-not-allowed', `the method must be ${rule.methods.join(' or ')}, got ${request.method}`);
  }
  if (!rule.isOpen || request.method === 'DELETE') await authorize(request, env.TOKEN);
  if (rule.isSocket && request.headers.get('upgrade')?.toLowerCase() !== 'websocket') {
    throw new Refusal('upgrade-required', 'this must be asked for as a WebSocket');
  }
  const object = env.SENSORS.get(env.SENSORS.idFromName(name));
  if (act !== 'samples') return object.fetch(request);
  const type = request.headers.get('content-type')?.split(';')[0].trim() ?? '';
  if (!TYPES.includes(type)) {
    throw new Refusal('unsupported-type', `the content-type must be ${TYPES.join(' or ')}, got ${type || 'none'}`);
  }
  const length = request.headers.get('content-length');
  if (length === null) throw new Refusal('length-required', 'the request must have a content-length');
  if (Number(length) > FRAME_BYTES) {
    throw new Refusal('too-large', `a frame must have at most ${FRAME_BYTES} bytes, got ${length}`);
  }
  return object.fetch(request);
}
