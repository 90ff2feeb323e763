import { SoundPlayer } from 'rx-eddy/audio';
import { createModelOn, type Model, type Runtime, type Weights } from 'rx-eddy/bare';
import { specOf } from 'rx-eddy/checkpoint';
import type { NetworkRecord } from '../messages.js';
import { Fader } from './Fader.js';

/**
 * Plays through a network whose weights may change at any time: two copies of it, of which one plays. New weights go into the other,
 * which takes over the hidden state and is faded in, so that a change is not heard.
 */
export class FreshPlayer implements Disposable {
  readonly #voices: readonly [Voice, Voice];
  #playing = 0;
  readonly #fade: Fader;
  readonly #input: Float32Array[] = [];
  readonly #output: Float32Array[] = [];
  #other = [new Float32Array(0)];

  constructor(runtime: Runtime, { definition, weights }: NetworkRecord, fadeSamples: number) {
    const voice = (): Voice => {
      const model = createModelOn(runtime, specOf(definition));
      model.setWeights(weights);
      return { model, player: new SoundPlayer(model) };
    };
    this.#voices = [voice(), voice()];
    this.#fade = new Fader(fadeSamples, 0);
  }

  get invalid(): number {
    return this.#voices[this.#playing].player.invalid;
  }

  /** Weights that come while the last ones are still faded in are left out: newer ones will follow. */
  refresh(weights: Weights): void {
    if (!this.#fade.still) return;
    const next = this.#voices[1 - this.#playing];
    next.model.setWeights(weights);
    next.player.follow(this.#voices[this.#playing].player);
    this.#playing = 1 - this.#playing;
    this.#fade.goTo(this.#playing === 1 ? 1 : 0);
  }

  play(input: Float32Array, output: Float32Array): void {
    this.#input[0] = input;
    this.#output[0] = output;
    const fading = !this.#fade.still;
    this.#voices[this.#playing].player.play(this.#input, this.#output);
    if (!fading) return;
    if (this.#other[0].length !== input.length) this.#other = [new Float32Array(input.length)];
    this.#voices[1 - this.#playing].player.play(this.#input, this.#other);
    for (let t = 0; t < output.length; t++) {
      // The fader stands at 0 for the first voice and at 1 for the second.
      const second = this.#fade.next();
      const share = this.#playing === 1 ? second : 1 - second;
      output[t] = share * output[t] + (1 - share) * this.#other[0][t];
    }
  }

  [Symbol.dispose](): void {
    for (const { player, model } of this.#voices) {
      player.dispose();
      model.dispose();
    }
  }
}

interface Voice {
  readonly model: Model;
  readonly player: SoundPlayer;
}
