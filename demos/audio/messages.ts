import type { Weights } from 'rx-eddy/bare';
import type { ModelDefinition } from 'rx-eddy/checkpoint';
import type { Knobs, PedalName } from './dsp/pedals.js';

/** What can be listened to: the sound as it is, the pedal that is learned from, the network that learns it. */
export type Heard = 'dry' | 'pedal' | 'network';

/** What an AudioWorkletNode of ours is made with. */
export interface ProcessorOptions {
  readonly kernels: WebAssembly.Module;
  readonly network: NetworkRecord;
  readonly pedal: PedalSetting;
}

/** A network as plain data. */
export interface NetworkRecord {
  readonly definition: ModelDefinition;
  readonly weights: Weights;
}

export interface PedalSetting {
  readonly name: PedalName;
  readonly knobs: Knobs;
}

export type ToProcessor =
  | { readonly type: 'hear'; readonly heard: Heard }
  | { readonly type: 'turn'; readonly pedal: PedalSetting }
  /** Another network, at once. */
  | { readonly type: 'network'; readonly network: NetworkRecord }
  /** The other end of it is the learner's: it pulls sound and brings weights. */
  | { readonly type: 'learner'; readonly port: MessagePort }
  /** Asks for what was measured since the last time. */
  | { readonly type: 'measure' };

export interface Measured {
  readonly type: 'measured';
  readonly samples: number;
  /** Error-to-signal ratio of what the network played; NaN while the pedal is silent. */
  readonly ratio: number;
  /** Samples that the learner never heard: it was too far behind. */
  readonly dropped: number;
  /** Samples that were not finite. */
  readonly invalid: number;
}

/** From the learner to the processor. */
export type FromLearnerToProcessor =
  | { readonly type: 'pull' }
  | { readonly type: 'weights'; readonly weights: Weights };

/** Sound that the processor has heard since the learner pulled last. */
export interface Take {
  readonly dry: Float32Array<ArrayBuffer>;
  readonly wet: Float32Array<ArrayBuffer>;
}

export interface LearnerSetting {
  readonly cell: string;
  readonly units: number;
  readonly sampleRate: number;
  /** Samples that there will be; left out: it goes on. */
  readonly length?: number;
  readonly from?: Weights;
}

export type ToLearner =
  | { readonly type: 'open'; readonly kernels: WebAssembly.Module; readonly setting: LearnerSetting }
  /** Learns what the processor at the other end hears. */
  | { readonly type: 'follow'; readonly port: MessagePort }
  | { readonly type: 'pause'; readonly paused: boolean }
  /** Learns two whole sounds, as fast as it can. */
  | { readonly type: 'learn'; readonly take: Take };

export interface LearnerReport {
  readonly type: 'report';
  /** Learned so far. */
  readonly samples: number;
  /** Error-to-signal ratio of what was predicted since the last report, before it was learned; NaN while the pedal is silent. */
  readonly ratio: number;
  readonly timesRealTime: number;
  readonly invalid: number;
}

export type FromLearner =
  | LearnerReport
  /** Both sounds have been learned. */
  | { readonly type: 'learned'; readonly ratio: number; readonly weights: Weights }
  | { readonly type: 'weights'; readonly weights: Weights }
  | { readonly type: 'failed'; readonly message: string };
