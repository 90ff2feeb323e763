import type { Columns } from '../../charts/ForecastRows.js';
import type { Load, Replay, SensorSummary, ServerMessage, ViewerMessage } from '../protocol.js';
import { type Alarm, SensorHistory } from './SensorHistory.js';

/** How many sensors stand on the page unless more are asked for, and at most. */
const SHOWN = 4;
const MOST = 8;

/** What the page knows. Messages and the person's choices change it; the views read it once a frame. */
export class Store {
  sensors: readonly SensorSummary[] = [];
  /** The sensors that are drawn; the first is the one in the lead. */
  shown: readonly string[] = [];
  replay: Replay | null = null;
  load: Load | undefined;
  problem: string | undefined;
  /** The lead's newest anomaly, until it has been announced. */
  news: Alarm | undefined;
  connected = false;
  /** Whether the server has said which sensors there are. */
  listed = false;
  /** Rows across the charts. */
  window = 300;
  /** A stretch of the lead's rows that is looked at while others come. */
  held: { from: number; to: number } | undefined;
  channel = 0;
  /** Until one is chosen, those that come first are shown. */
  #chosen = false;
  readonly #histories = new Map<string, SensorHistory>();

  constructor(private readonly watch: (message: ViewerMessage) => void) {}

  get lead(): string | undefined {
    return this.shown[0];
  }

  get summary(): SensorSummary | undefined {
    return this.sensors.find(({ sensor }) => sensor === this.lead);
  }

  get history(): SensorHistory | undefined {
    return this.lead === undefined ? undefined : this.historyOf(this.lead);
  }

  /** The lead's rows that are on the chart. */
  get rows(): Columns | undefined {
    const rows = this.history?.channels[this.channel];
    if (!rows?.length) return undefined;
    return this.held ? rows.between(this.held.from, this.held.to) : rows.last(this.window);
  }

  historyOf(sensor: string): SensorHistory {
    const history = this.#histories.get(sensor) ?? new SensorHistory();
    this.#histories.set(sensor, history);
    return history;
  }

  apply(message: ServerMessage): void {
    switch (message.type) {
      case 'hello':
        this.replay = message.replay;
        // A new connection knows nothing of what this page looks at.
        if (this.shown.length) this.watch({ type: 'watch', sensors: this.shown });
        break;
      case 'sensors':
        this.#list(message.sensors);
        break;
      case 'history':
        if (this.shown.includes(message.sensor)) this.historyOf(message.sensor).replace(message.points);
        break;
      case 'points':
        if (this.shown.includes(message.sensor)) this.#add(message);
        break;
      case 'networks':
        if (this.shown.includes(message.sensor)) this.historyOf(message.sensor).learn(message.networks);
        break;
      case 'load':
        this.load = message.load;
        break;
      case 'replay':
        this.replay = message.replay;
        break;
      case 'problem':
        this.problem = message.text;
        break;
    }
  }

  /** Puts a sensor in the lead. */
  follow(sensor: string): void {
    this.#chosen = true;
    this.held = undefined;
    this.channel = 0;
    this.#show([sensor, ...this.shown.filter((other) => other !== sensor)].slice(0, MOST));
  }

  /** Draws a sensor beside the lead, or no longer. */
  toggle(sensor: string): void {
    this.#chosen = true;
    const others = this.shown.filter((other) => other !== sensor);
    if (others.length < this.shown.length) this.#show(others);
    else if (others.length < MOST) this.#show([...others, sensor]);
  }

  #list(sensors: readonly SensorSummary[]): void {
    this.listed = true;
    this.sensors = sensors;
    const known = new Set(sensors.map(({ sensor }) => sensor));
    const left = this.shown.filter((sensor) => known.has(sensor));
    const wanted = this.#chosen
      ? left
      : [...left, ...[...known].filter((sensor) => !left.includes(sensor))].slice(0, SHOWN);
    const same = wanted.length === this.shown.length && wanted.every((sensor, i) => sensor === this.shown[i]);
    if (!same) this.#show(wanted.length ? wanted : [...known].slice(0, SHOWN));
  }

  #show(sensors: readonly string[]): void {
    this.shown = sensors;
    for (const sensor of this.#histories.keys()) if (!sensors.includes(sensor)) this.#histories.delete(sensor);
    this.watch({ type: 'watch', sensors });
  }

  #add({ sensor, points, dropped }: Extract<ServerMessage, { type: 'points' }>): void {
    const history = this.historyOf(sensor);
    const before = history.alarms.at(-1);
    history.add(points, dropped);
    const newest = history.alarms.at(-1);
    if (sensor === this.lead && newest !== before) this.news = newest;
  }
}
