import { SoundPlayer, soundModel } from 'rx-eddy/audio';
import { createBareRuntime, createModelOn, loadKernels } from 'rx-eddy/bare';
import { definitionOf, specOf } from 'rx-eddy/checkpoint';
import type {
  FromLearner,
  Heard,
  LearnerReport,
  Measured,
  NetworkRecord,
  PedalSetting,
  ToProcessor,
} from '../messages.js';
import { Learner } from './Learner.js';
import { openPedal } from './openPedal.js';
import type { Source } from './Source.js';

/** What the rig says as it runs. */
export interface RigEvents {
  measured(measured: Measured): void;
  reported(report: LearnerReport): void;
  failed(message: string): void;
}

/** How often the processor is asked what it has measured, milliseconds. */
const MEASURE_EVERY = 250;

/**
 * Everything that sounds: a source → the pedal and the network → the speakers, and a learner beside them. What is played and what is
 * learned with are two copies of one network.
 */
export class Rig {
  readonly context: AudioContext;
  readonly analysers: { readonly pedal: AnalyserNode; readonly network: AnalyserNode };
  /** What plays, with the newest weights. */
  network: NetworkRecord;
  /** How many times faster than real time the network plays on this machine, on a thread like the sound's. */
  speed = Number.NaN;
  readonly #kernels: WebAssembly.Module;
  readonly #node: AudioWorkletNode;
  readonly #events: RigEvents;
  #learner: Learner | undefined;
  #source: Source | undefined;
  #paused = false;

  private constructor(
    context: AudioContext,
    kernels: WebAssembly.Module,
    node: AudioWorkletNode,
    network: NetworkRecord,
    events: RigEvents,
  ) {
    this.context = context;
    this.#kernels = kernels;
    this.#node = node;
    this.network = network;
    this.#events = events;
    const analyser = () => new AnalyserNode(context, { fftSize: 2048, smoothingTimeConstant: 0.7 });
    this.analysers = { pedal: analyser(), network: analyser() };
    node.connect(context.destination, 0);
    node.connect(this.analysers.pedal, 1);
    node.connect(this.analysers.network, 2);
    node.port.onmessage = ({ data }: MessageEvent<Measured>) => events.measured(data);
    node.onprocessorerror = () => events.failed('the sound processor stopped; reload the page');
    setInterval(() => this.#tell({ type: 'measure' }), MEASURE_EVERY);
  }

  /** @throws EddyError `host`, DOMException where the browser has no AudioWorklet */
  static async open(cell: string, units: number, pedal: PedalSetting, events: RigEvents): Promise<Rig> {
    const context = new AudioContext({ latencyHint: 'interactive' });
    const kernels = await loadKernels();
    const network = newNetwork(kernels, cell, units);
    const node = await openPedal(context, { kernels, network, pedal });
    const rig = new Rig(context, kernels, node, network, events);
    rig.learn(cell, units);
    return rig;
  }

  get playing(): boolean {
    return this.#source !== undefined && this.context.state === 'running';
  }

  play(source: Source): void {
    this.#source?.node.disconnect();
    this.#source?.stop();
    this.#source = source;
    source.node.connect(this.#node);
  }

  hear(heard: Heard): void {
    this.#tell({ type: 'hear', heard });
  }

  turn(pedal: PedalSetting): void {
    this.#tell({ type: 'turn', pedal });
  }

  /** Learns from now on with a network of this shape: a new one, or the one that `from` holds. */
  learn(cell: string, units: number, from?: NetworkRecord): void {
    this.load(from ?? newNetwork(this.#kernels, cell, units));
    const setting = { cell, units, sampleRate: this.context.sampleRate, ...(from && { from: from.weights }) };
    this.#learner = new Learner(this.#kernels, setting, (message) => this.#hear(message));
    this.#learner.pause(this.#paused);
    const { port1, port2 } = new MessageChannel();
    this.#learner.follow(port1);
    this.#node.port.postMessage({ type: 'learner', port: port2 } satisfies ToProcessor, [port2]);
  }

  /** Plays a network that does not learn. */
  load(network: NetworkRecord): void {
    this.#learner?.close();
    this.#learner = undefined;
    this.network = network;
    this.speed = speedOf(this.#kernels, network, this.context.sampleRate);
    this.#tell({ type: 'network', network });
  }

  get learns(): boolean {
    return this.#learner !== undefined;
  }

  pause(paused: boolean): void {
    this.#paused = paused;
    this.#learner?.pause(paused);
  }

  /** Another learner, on the same kernels, for sounds from files. */
  createLearner(
    ...[setting, hear]: [ConstructorParameters<typeof Learner>[1], (message: FromLearner) => void]
  ): Learner {
    return new Learner(this.#kernels, setting, hear);
  }

  #hear(message: FromLearner): void {
    if (message.type === 'report') this.#events.reported(message);
    else if (message.type === 'weights') this.network = { ...this.network, weights: message.weights };
    else if (message.type === 'failed') this.#events.failed(message.message);
  }

  #tell(message: ToProcessor): void {
    this.#node.port.postMessage(message);
  }
}

/** The best of some tenths of a second, as other work on the machine only ever slows it down. */
function speedOf(kernels: WebAssembly.Module, { definition, weights }: NetworkRecord, sampleRate: number): number {
  using model = createModelOn(createBareRuntime(kernels), specOf(definition));
  model.setWeights(weights);
  using player = new SoundPlayer(model);
  const sound = [Float32Array.from({ length: Math.ceil(sampleRate / 10) }, (_, t) => (t % 100) / 200)];
  const played = [new Float32Array(sound[0].length)];
  const times = Array.from({ length: 6 }, () => {
    const start = performance.now();
    player.play(sound, played);
    return performance.now() - start;
  });
  return 100 / Math.min(...times);
}

function newNetwork(kernels: WebAssembly.Module, cell: string, units: number): NetworkRecord {
  using model = createModelOn(createBareRuntime(kernels), soundModel({ cell, units }));
  return { definition: definitionOf(model.spec), weights: model.weights() };
}
