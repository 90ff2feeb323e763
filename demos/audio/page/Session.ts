import { BehaviorSubject, Subject } from 'rxjs';
import { knobs } from '../dsp/pedals.js';
import type { Heard, LearnerReport, Measured, PedalSetting } from '../messages.js';
import { problemOf } from './problemOf.js';
import { Rig } from './Rig.js';
import type { Source } from './Source.js';

/** What the page stands at: the choices that a person made, and what has been measured. A view reads it and asks it. */
export class Session {
  readonly measured = new Subject<Measured>();
  readonly reported = new Subject<LearnerReport>();
  readonly problem = new BehaviorSubject<string | undefined>(undefined);
  readonly source = new BehaviorSubject<string | undefined>(undefined);
  readonly shape = new BehaviorSubject<{ cell: string; units: number }>({ cell: 'lstm', units: 32 });
  readonly paused = new BehaviorSubject(false);
  /** False while a network plays that cannot be learned on here. */
  readonly learns = new BehaviorSubject(true);
  heard: Heard = 'network';
  pedal: PedalSetting = { name: 'distortion', knobs };
  #rig: Promise<Rig> | undefined;
  /** The rig, once it stands. */
  rig: Rig | undefined;

  /** The rig: a browser lets a page sound only after a person has asked for it, so the first call must come from a click. */
  open(): Promise<Rig> {
    this.#rig ??= this.#start();
    return this.#rig;
  }

  /** Plays what `open` brings, in place of what sounds now. */
  async play(open: (rig: Rig) => Promise<Source>): Promise<void> {
    await this.attempt(async () => {
      const rig = await this.open();
      await rig.context.resume();
      const source = await open(rig);
      rig.play(source);
      this.source.next(source.name);
    });
  }

  async stop(): Promise<void> {
    await this.rig?.context.suspend();
    this.source.next(undefined);
  }

  hear(heard: Heard): void {
    this.heard = heard;
    this.rig?.hear(heard);
  }

  turn(pedal: PedalSetting): void {
    this.pedal = pedal;
    this.rig?.turn(pedal);
  }

  reshape(cell: string, units: number): void {
    this.shape.next({ cell, units });
    this.learns.next(true);
    this.rig?.learn(cell, units);
  }

  pause(paused: boolean): void {
    this.paused.next(paused);
    this.rig?.pause(paused);
  }

  /** Runs something that may fail, and says what to do if it does. What was learned stays. */
  async attempt(act: () => Promise<void>): Promise<void> {
    try {
      this.problem.next(undefined);
      await act();
    } catch (error) {
      this.problem.next(problemOf(error));
    }
  }

  async #start(): Promise<Rig> {
    const { cell, units } = this.shape.value;
    const rig = await Rig.open(cell, units, this.pedal, {
      measured: (measured) => this.measured.next(measured),
      reported: (report) => this.reported.next(report),
      failed: (message) => this.problem.next(message),
    });
    rig.hear(this.heard);
    rig.pause(this.paused.value);
    this.rig = rig;
    return rig;
  }
}
