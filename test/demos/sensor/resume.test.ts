import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { SensorClient, type SensorServer, startSensorServer, temporaryFolder } from './sensorServer.js';

const ROWS = 400;
/** Two channels, one with gaps; the same in every run. */
const row = (i: number) => ({
  sensor: 'pump/../7 <b>',
  t: 1.7e12 + 60_000 * i,
  values: [20 + 5 * Math.sin(i / 9) + ((i * 7919) % 13) / 10, i % 17 === 0 ? null : 3 * Math.cos(i / 5)],
});

const folders = [temporaryFolder(), temporaryFolder()];
const servers: SensorServer[] = [];
const start = async (...options: Parameters<typeof startSensorServer>) => {
  const server = await startSensorServer(...options);
  servers.push(server);
  return server;
};
afterEach(() => Promise.all(servers.splice(0).map((server) => server.stop('SIGKILL'))));
afterAll(() => {
  for (const { remove } of folders) remove();
});

describe('a server that is killed', () => {
  it('goes on from its checkpoint with the very answers of one that never was', async () => {
    const whole = await start(folders[0].path);
    const undisturbed = await SensorClient.open(whole.socket('ingest?answers'));
    for (let i = 1; i <= ROWS; i++) undisturbed.say(row(i));
    const expected = await undisturbed.heard(ROWS);

    const first = await start(folders[1].path, '--checkpoint-seconds', '0.1');
    const before = await SensorClient.open(first.socket('ingest?answers'));
    for (let i = 1; i <= 150; i++) {
      before.say(row(i));
      await before.heard(i);
      if (i % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 30));
    }
    await first.stop('SIGKILL');
    expect(before.answers).toEqual(expected.slice(0, 150));

    const second = await start(folders[1].path);
    const after = await SensorClient.open(second.socket('ingest?answers'));
    after.say({ sensor: row(1).sensor });
    const [{ rows = 0 }] = await after.heard(1);
    expect(rows).toBeGreaterThan(30);
    expect(rows).toBeLessThanOrEqual(150);
    for (let i = rows + 1; i <= ROWS; i++) after.say(row(i));
    const rest = (await after.heard(1 + ROWS - rows)).slice(1);
    expect(rest).toEqual(expected.slice(rows));
    expect(rest[0].index).toBe(rows + 1);
  });
});
