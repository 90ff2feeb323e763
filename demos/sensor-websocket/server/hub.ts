import { CELLS, type Replay, type ServerMessage } from '../protocol.js';
import type { Dropped } from './dropped.js';
import { LIMITS } from './limits.js';
import type { Sensors } from './sensors.js';
import type { Viewer } from './viewer.js';

const POINTS_MS = 50;
const LAB_MS = 250;
const SECOND = 1000;
/** Rows in one message; a viewer that is further behind is shown the newest. */
const MOST = 200;
/** How long networks run on side by side after the last viewer has looked away: a reloaded page finds them as they were. */
const LINGER_MS = 60_000;

/** Shows viewers what the sensors do, at a bounded rate. It keeps nothing for them: what they have not read is in the sensors' history. */
export class Hub {
  readonly #viewers = new Set<Viewer>();
  /** When each sensor whose networks run side by side was last looked at. */
  readonly #labs = new Map<string, number>();
  readonly #timers: readonly NodeJS.Timeout[];
  #begun = 0;

  constructor(
    private readonly sensors: Sensors,
    private readonly dropped: Dropped,
    private readonly load: () => ServerMessage,
    private readonly replay: () => Replay | null,
  ) {
    this.#timers = [
      setInterval(() => this.#showPoints(), POINTS_MS),
      setInterval(() => this.#showLabs(), LAB_MS),
      setInterval(() => this.#showOverview(), SECOND),
    ];
  }

  get viewers(): number {
    return this.#viewers.size;
  }

  enter(viewer: Viewer): void {
    this.#viewers.add(viewer);
    viewer.send({ type: 'hello', version: 1, cells: CELLS, replay: this.replay() });
    viewer.send({ type: 'sensors', sensors: this.sensors.summaries() });
    viewer.send(this.load());
  }

  leave(viewer: Viewer): void {
    this.#viewers.delete(viewer);
  }

  watch(viewer: Viewer, names: readonly string[]): void {
    for (const name of viewer.shown.keys()) if (!names.includes(name)) viewer.shown.delete(name);
    for (const name of names.filter((name) => !viewer.shown.has(name)))
      if (viewer.room(performance.now()) === 'room') this.#showHistory(viewer, name);
      else viewer.shown.set(name, 0);
    this.#runLabs();
    for (const name of names) this.showLab(name);
  }

  broadcast(message: ServerMessage): void {
    const text = JSON.stringify(message);
    for (const viewer of this.#viewers) if (viewer.room(performance.now()) === 'room') viewer.send(text);
  }

  /** Shows a sensor's networks to those who watch it, at once: something about them has changed. */
  showLab(name: string): void {
    const sensor = this.sensors.get(name);
    if (!sensor?.networks.watched) return;
    const text = JSON.stringify({
      type: 'networks',
      sensor: name,
      networks: sensor.networks.view(),
    } satisfies ServerMessage);
    for (const viewer of this.#viewers)
      if (viewer.shown.has(name) && viewer.room(performance.now()) === 'room') viewer.send(text);
  }

  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }

  #showHistory(viewer: Viewer, name: string): void {
    const points = this.sensors.get(name)?.history.since(1) ?? [];
    viewer.send({ type: 'history', sensor: name, points });
    viewer.shown.set(name, points.at(-1)?.index ?? 0);
  }

  #showPoints(): void {
    const now = performance.now();
    const texts = new Map<string, string>();
    for (const viewer of this.#viewers) {
      const room = viewer.room(now);
      if (room === 'stuck') {
        this.dropped.add('slow-viewer');
        viewer.socket.terminate();
      }
      if (room === 'room') for (const [name, shown] of viewer.shown) this.#show(viewer, name, shown, texts);
    }
  }

  #show(viewer: Viewer, name: string, shown: number, texts: Map<string, string>): void {
    const history = this.sensors.get(name)?.history;
    if (!history || history.count === shown) return;
    if (history.count < shown) {
      this.#showHistory(viewer, name); // it has begun anew
      return;
    }
    const place = `${shown} ${name}`;
    let text = texts.get(place);
    if (text === undefined) {
      const from = Math.max(shown + 1, history.first, history.count - MOST + 1);
      const dropped = from - shown - 1;
      const message: ServerMessage = { type: 'points', sensor: name, points: history.since(from), dropped };
      text = JSON.stringify(message);
      texts.set(place, text);
    }
    viewer.shown.set(name, history.count);
    viewer.send(text);
  }

  #showLabs(): void {
    this.#runLabs();
    for (const name of this.#labs.keys()) this.showLab(name);
    if (this.sensors.begun !== this.#begun) this.#showOverview(); // whoever waits for a first sensor need not wait longer
  }

  #showOverview(): void {
    this.#begun = this.sensors.begun;
    if (this.#viewers.size === 0) return;
    this.broadcast({ type: 'sensors', sensors: this.sensors.summaries() });
    this.broadcast(this.load());
  }

  /** Has the networks run side by side on what is watched, and for a while on what was. */
  #runLabs(): void {
    const now = performance.now();
    for (const { shown } of this.#viewers)
      for (const name of shown.keys())
        if (this.#labs.has(name) || this.#labs.size < LIMITS.labs) this.#labs.set(name, now);
    for (const [name, seen] of this.#labs) {
      const networks = this.sensors.get(name)?.networks;
      const over = now - seen > LINGER_MS;
      if (networks && networks.watched === over) networks.watched = !over;
      if (over) this.#labs.delete(name);
    }
  }
}
