import type { Replay, ViewerMessage } from '../protocol.js';
import type { Hub } from './hub.js';
import { LIMITS } from './limits.js';
import { sensorName } from './sensorName.js';
import type { Sensors } from './sensors.js';
import type { Viewer } from './viewer.js';

/** The replay, as viewers may turn it. */
export interface ReplayControl {
  readonly state: Replay;
  set(speed: number, paused: boolean): void;
}

type Unchecked = { [Name in 'sensors' | 'sensor' | 'settings' | 'frozen' | 'snapshot' | 'speed' | 'paused']?: unknown };

/** Does what a viewer says. Answers in words what it cannot do; false: it was no command at all. */
export function obey(
  text: string,
  viewer: Viewer,
  sensors: Sensors,
  hub: Hub,
  replay: ReplayControl | undefined,
): boolean {
  const said = parse(text);
  if (!said) return false;
  const problem = (code: string, text: string) => viewer.send({ type: 'problem', code, text });
  if (!viewer.commands.take(performance.now())) {
    problem('too-many', 'commands come too fast; this one was left out');
    return true;
  }
  if (said.type === 'watch') {
    const names = Array.isArray(said.sensors) ? said.sensors.map(sensorName) : [undefined];
    const known = names.filter((name) => name !== undefined);
    if (known.length < names.length || known.length > LIMITS.watched)
      problem('invalid', `sensors must be at most ${LIMITS.watched} names`);
    else hub.watch(viewer, [...new Set(known)]);
    return true;
  }
  if (said.type === 'replay') {
    const { speed, paused } = said;
    if (!replay) problem('no-replay', 'nothing is replayed here; start the server with a replay');
    else if (!(typeof speed === 'number' && speed > 0 && speed <= LIMITS.replaySpeed && typeof paused === 'boolean'))
      problem('invalid', `speed must be above 0, up to ${LIMITS.replaySpeed} rows a second, and paused true or false`);
    else {
      replay.set(speed, paused);
      hub.broadcast({ type: 'replay', replay: replay.state });
    }
    return true;
  }
  const sensor = sensors.get(sensorName(said.sensor) ?? '');
  if (!sensor) {
    problem('no-sensor', 'no such sensor has sent anything yet');
    return true;
  }
  const refused = act(said, sensor);
  if (refused === undefined) hub.showLab(sensor.name);
  else problem('invalid', refused);
  return true;
}

/** Acts on a sensor; answers in words where it cannot. */
function act(said: Unchecked & { type: string }, sensor: NonNullable<ReturnType<Sensors['get']>>): string | undefined {
  switch (said.type) {
    case 'configure':
      return sensor.networks.configure(said.settings);
    case 'freeze':
      if (typeof said.frozen !== 'boolean') return 'frozen must be true or false';
      sensor.frozen = said.frozen;
      return undefined;
    case 'snapshot':
      sensor.networks.keep(sensor.time);
      return undefined;
    default:
      return sensor.networks.rollBack(said.snapshot) ? undefined : 'there is no such snapshot any more';
  }
}

const TYPES: readonly ViewerMessage['type'][] = ['watch', 'configure', 'freeze', 'snapshot', 'rollBack', 'replay'];

function parse(text: string): (Unchecked & { type: ViewerMessage['type'] }) | undefined {
  try {
    const said: unknown = JSON.parse(text);
    if (typeof said !== 'object' || said === null || !Object.hasOwn(said, 'type')) return undefined;
    const type = TYPES.find((type) => 'type' in said && said.type === type);
    return type && { ...said, type };
  } catch {
    return undefined;
  }
}
