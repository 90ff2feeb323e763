import { FLEET_PAGE } from './limits.js';
import type { Summary } from './summary.js';

/** The list of all sensors: one object, which hears of each when it is new and once an hour while it is alive. */
export class Fleet implements DurableObject {
  readonly #sql: SqlStorage;

  constructor({ storage }: DurableObjectState) {
    this.#sql = storage.sql;
    this.#sql.exec(
      'CREATE TABLE IF NOT EXISTS sensors (sensor TEXT PRIMARY KEY, taken INTEGER, value REAL, score REAL, at INTEGER) WITHOUT ROWID',
    );
  }

  /** GET: `{ sensors, next? }`, by name, from after `?after` on. PUT and DELETE come from the sensors' objects alone. */
  async fetch(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const name = pathname.split('/')[2];
    if (request.method === 'PUT') {
      const { sensor, taken, value, score, at }: Summary = await request.json();
      this.#sql.exec('INSERT OR REPLACE INTO sensors VALUES (?, ?, ?, ?, ?)', sensor, taken, value, score, at);
      return new Response();
    }
    if (request.method === 'DELETE') {
      this.#sql.exec('DELETE FROM sensors WHERE sensor = ?', name);
      return new Response();
    }
    const after = searchParams.get('after') ?? '';
    const list = 'SELECT * FROM sensors WHERE sensor > ? ORDER BY sensor LIMIT ?';
    const sensors = this.#sql.exec(list, after, FLEET_PAGE).toArray();
    const next = sensors.length === FLEET_PAGE ? sensors.at(-1)?.sensor : undefined;
    return Response.json({ type: 'fleet', sensors, next });
  }
}
