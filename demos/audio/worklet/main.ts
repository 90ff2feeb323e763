import { ErrorToSignal } from 'rx-eddy/audio';
import { createBareRuntime, type Runtime } from 'rx-eddy/bare';
import { type Effect, pedals } from '../dsp/pedals.js';
import type {
  FromLearnerToProcessor,
  Heard,
  Measured,
  NetworkRecord,
  PedalSetting,
  ProcessorOptions,
  ToProcessor,
} from '../messages.js';
import { Fader } from './Fader.js';
import { FreshPlayer } from './FreshPlayer.js';
import { Tape } from './Tape.js';

/** Of a change of weights, and of what is heard. */
const FADE_SECONDS = 0.01;
/** How far the learner may fall behind. */
const TAPE_SECONDS = 2;

/**
 * The pedal and the network that learns it, side by side on one sound: a sample of it in, one out of each. Its first output is what is
 * listened to, the second the pedal's, the third the network's. What was heard waits on a tape until the learner pulls it, so that `process`
 * neither posts nor allocates.
 */
class Processor extends AudioWorkletProcessor {
  readonly #runtime: Runtime;
  readonly #tape = new Tape(Math.ceil(TAPE_SECONDS * sampleRate));
  readonly #errors = new ErrorToSignal();
  readonly #faders: { readonly [heard in Heard]: Fader };
  #player: FreshPlayer;
  #pedal: Effect;
  #learning = false;
  #dry = new Float32Array(0);
  #last = 0;
  #samples = 0;
  #invalid = 0;

  constructor({ processorOptions: { kernels, network, pedal } }: { processorOptions: ProcessorOptions }) {
    super();
    this.#runtime = createBareRuntime(kernels);
    this.#player = this.#open(network);
    this.#pedal = this.#turn(pedal);
    const fade = Math.ceil(FADE_SECONDS * sampleRate);
    this.#faders = { dry: new Fader(fade, 0), pedal: new Fader(fade, 0), network: new Fader(fade, 1) };
    this.port.onmessage = ({ data }: MessageEvent<ToProcessor>) => this.#hear(data);
  }

  process(inputs: readonly Float32Array[][], outputs: readonly Float32Array[][]): boolean {
    const heard = outputs[0][0];
    const wet = outputs[1][0];
    const played = outputs[2][0];
    const { length } = heard;
    // A quantum's length is the host's to choose.
    if (this.#dry.length !== length) this.#dry = new Float32Array(length);
    this.#listen(inputs[0][0]);
    for (let t = 0; t < length; t++) wet[t] = this.#pedal(this.#dry[t]);
    this.#player.play(this.#dry, played);
    for (let t = 0; t < length; t++) {
      this.#errors.add(played[t], wet[t]);
      if (this.#learning) this.#tape.write(this.#dry[t], wet[t]);
      heard[t] =
        this.#faders.dry.next() * this.#dry[t] +
        this.#faders.pedal.next() * wet[t] +
        this.#faders.network.next() * played[t];
    }
    this.#samples += length;
    return true;
  }

  /** The input, silence where there is none; a sample that is not finite is the one before it. */
  #listen(input: Float32Array | undefined): void {
    for (let t = 0; t < this.#dry.length; t++) {
      const x = input === undefined ? 0 : input[t];
      if (Number.isFinite(x)) this.#last = x;
      else this.#invalid++;
      this.#dry[t] = this.#last;
    }
  }

  #hear(message: ToProcessor): void {
    if (message.type === 'hear') {
      for (const name of ['dry', 'pedal', 'network'] as const) this.#faders[name].goTo(name === message.heard ? 1 : 0);
    } else if (message.type === 'turn') this.#pedal = this.#turn(message.pedal);
    else if (message.type === 'network') {
      this.#player[Symbol.dispose]();
      this.#player = this.#open(message.network);
    } else if (message.type === 'learner') this.#follow(message.port);
    else this.port.postMessage(this.#measure());
  }

  #follow(port: MessagePort): void {
    this.#tape.take();
    this.#learning = true;
    port.onmessage = ({ data }: MessageEvent<FromLearnerToProcessor>) => {
      if (data.type === 'weights') this.#player.refresh(data.weights);
      else {
        const taken = this.#tape.take();
        port.postMessage(taken, [taken.dry.buffer, taken.wet.buffer]);
      }
    };
  }

  #measure(): Measured {
    const measured: Measured = {
      type: 'measured',
      samples: this.#samples,
      ratio: this.#errors.ratio,
      dropped: this.#tape.dropped,
      invalid: this.#invalid,
    };
    this.#samples = this.#invalid = this.#tape.dropped = 0;
    this.#errors.reset();
    return measured;
  }

  #open(network: NetworkRecord): FreshPlayer {
    return new FreshPlayer(this.#runtime, network, Math.ceil(FADE_SECONDS * sampleRate));
  }

  #turn({ name, knobs }: PedalSetting): Effect {
    return pedals[name](knobs, sampleRate);
  }
}

registerProcessor('eddy', Processor);
