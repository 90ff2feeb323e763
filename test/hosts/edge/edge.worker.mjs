// The edge worker, and a way in for a test: SQL in a sensor's own database, and how often its object was made.
import worker, { Sensor as DeployedSensor } from '../../../demos/edge-worker/src/worker.ts';

export { Fleet } from '../../../demos/edge-worker/src/worker.ts';

const made = new Map();

export class Sensor extends DeployedSensor {
  #ctx;

  constructor(ctx, env) {
    super(ctx, env);
    this.#ctx = ctx;
    made.set(String(ctx.id), (made.get(String(ctx.id)) ?? 0) + 1);
  }

  async fetch(request) {
    if (!request.url.includes('/test/')) return super.fetch(request);
    const { query, blob } = await request.json();
    const bindings = blob ? [Uint8Array.from(atob(blob), (letter) => letter.charCodeAt(0))] : [];
    const rows = query ? this.#ctx.storage.sql.exec(query, ...bindings).toArray() : [];
    return Response.json({ rows, made: made.get(String(this.#ctx.id)) });
  }
}

export default {
  fetch(request, env) {
    const [, top, name] = new URL(request.url).pathname.split('/');
    return top === 'test' ? env.SENSORS.get(env.SENSORS.idFromName(name)).fetch(request) : worker.fetch(request, env);
  },
};
