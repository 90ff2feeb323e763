// A Durable Object that gives its checkpoint store away, so that a test may ask it anything.
import { durableObjectStore } from 'rx-eddy/checkpoint/durable-object';

export class Keeper {
  constructor(ctx) {
    this.ctx = ctx;
  }

  async fetch(request) {
    const { searchParams } = new URL(request.url);
    const [act, key, epoch] = ['act', 'key', 'epoch'].map((name) => searchParams.get(name));
    const generations = searchParams.has('generations') ? Number(searchParams.get('generations')) : undefined;
    const { storage } = this.ctx;
    if (act === 'size') return Response.json(storage.sql.databaseSize);
    if (act === 'rows') return Response.json([...storage.sql.exec(key)]);
    // Counts what Cloudflare bills.
    let written = 0;
    const counted = {
      sql: {
        exec: (query, ...bindings) => {
          const cursor = storage.sql.exec(query, ...bindings);
          const rows = cursor.toArray();
          written += cursor.rowsWritten;
          return rows;
        },
      },
      transactionSync: (inside) => storage.transactionSync(inside),
    };
    try {
      const store = durableObjectStore(counted, { generations });
      const bytes = new Uint8Array(await request.arrayBuffer());
      const found = await (act === 'save' ? store.save(key, Number(epoch), bytes) : store[act](key));
      const headers = {
        epoch: `${found?.epoch}`,
        warnings: JSON.stringify(found?.warnings ?? []),
        written: `${written}`,
      };
      return new Response(found?.bytes, { headers });
    } catch ({ code, message }) {
      return Response.json({ code, message }, { status: 400 });
    }
  }
}

export default {
  fetch: (request, env) => env.KEEPERS.get(env.KEEPERS.idFromName(new URL(request.url).pathname)).fetch(request),
};
