import fc from 'fast-check';
import { from, lastValueFrom, map, Subject, toArray } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { type DelayedStep, learnDelayed, learnDelayedStage } from '../../../operators/networks/learnDelayed.js';
import { asOperator } from '../../../operators/streams/asOperator.js';
import type { OnInvalid } from '../../../src/core/onInvalid.js';
import type { Stage } from '../../../src/core/stage.js';
import type { Telemetry } from '../../../src/core/telemetry.js';
import { createLearner, createModel, dense, lstm, mse, sgd } from '../../../src/index.js';
import { Model } from '../../../src/nn/model/model.js';
import { startTfjs } from '../../../src/runtime/tfjs.js';
import { describeOperator } from '../shared/laws.js';

interface Click {
  id: number;
  x: number[];
}
interface Sale {
  click: number;
  amount: number;
}

const runtime = await startTfjs();
const spec = { input: 2, layers: [lstm(5)], output: dense(1), seed: 7 };
const model = await createModel(spec);
afterAll(() => model.dispose());
const inUse = () => runtime.heap.bytesInUse;

const options = (rate: number, onInvalid: OnInvalid = 'error', telemetry?: Telemetry) => ({
  sampleId: (click: Click) => click.id,
  labelId: (sale: Sale) => sale.click,
  target: (sale: Sale) => sale.amount,
  features: (click: Click) => click.x,
  onInvalid,
  k1: 2,
  k2: 4,
  maxLag: 6,
  loss: mse,
  optimizer: sgd(rate),
  ...(telemetry && { telemetry }),
});
const number = fc.integer({ min: -100, max: 100 }).map((n) => n / 100);
const click = fc.record({ id: fc.nat(20), x: fc.tuple(number, number) });
const sale = fc.record({ click: fc.nat(20), amount: number });
type Input = { sample: Click } | { label: Sale };
const input: fc.Arbitrary<Input> = fc.oneof(fc.record({ sample: click }), fc.record({ label: sale }));

/** A stage over a model of its own, so that nothing but the stage changes its weights. */
function openOwn(rate: number): Stage<Input, DelayedStep> {
  const own = new Model(runtime, spec);
  const stage = learnDelayedStage(own, options(rate))();
  return {
    ...stage,
    dispose() {
      stage.dispose();
      own.dispose();
    },
  };
}

// At a rate that is 0 as float32 the whole of learning runs, and the weights, which all subscriptions share, stay as they are.
describeOperator('learnDelayed', {
  operator: () => learnDelayed(model, { ...options(1e-300), labels: from<Sale[]>([]) }),
  sample: click,
  bad: [
    { id: 1, x: [1] },
    { id: 1, x: [1, Number.NaN] },
    { id: Number.NaN, x: [1, 2] },
  ],
  inUse,
  without: { open: 'its stage’s, below', tolerant: 'its stage’s', failing: 'its stage’s' },
});
describeOperator("learnDelayed's stage", {
  operator: () => asOperator(learnDelayedStage(model, options(1e-300))),
  open: () => openOwn(0.1),
  sample: input,
  bad: [{ sample: { id: 1, x: [1] } }, { sample: { id: Number.NaN, x: [1, 2] } }],
  without: { tolerant: 'a held sample has the id of its own, a dropped label no sample: below' },
  failing: (when, error) =>
    asOperator(
      learnDelayedStage(model, {
        ...options(1e-300),
        labelId: ({ click }) => {
          if (when()) throw error;
          return click;
        },
        sampleId: ({ id }) => {
          if (when()) throw error;
          return id;
        },
      }),
    ),
  inUse,
});

describe('learnDelayed', () => {
  it('predicts each sample at once, and learns when its label comes', () =>
    new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(({ hot, expectObservable }) => {
      const clicks = hot('-1--2-----3--|', {
        1: { id: 1, x: [0, 1] },
        2: { id: 2, x: [1, 0] },
        3: { id: 3, x: [1, 1] },
      });
      const sales = hot('------b-a---xc', {
        a: { click: 1, amount: 0.5 },
        b: { click: 2, amount: -0.5 },
        x: { click: 9, amount: 1 },
        c: { click: 3, amount: 1 },
      });
      const kinds = clicks.pipe(
        learnDelayed(model, { ...options(1e-300), labels: sales }),
        map((step) => ('output' in step ? `p${step.index}` : `l${step.scored?.index}`)),
      );
      expectObservable(kinds).toBe('-p--q-b-a-r--|', { p: 'p1', q: 'p2', r: 'p3', b: 'l2', a: 'l1' });
    }));

  it('learns as a learner does that gets each label by its sample’s number', () =>
    fc.assert(
      fc.property(fc.array(input, { maxLength: 40 }), (inputs) => {
        const [one, other] = [new Model(runtime, spec), new Model(runtime, spec)];
        const out: DelayedStep[] = [];
        const stage = learnDelayedStage(one, options(0.1))();
        for (const value of inputs) stage.step(value, (step) => out.push(step));

        const { k1, k2, maxLag, loss, optimizer } = options(0.1);
        const learner = createLearner(other, { k1, k2, maxLag, loss, optimizer });
        const expected: DelayedStep[] = [];
        const ids: number[] = [];
        for (const value of inputs) {
          if ('sample' in value) {
            expected.push(learner.step(value.sample.x));
            ids.push(value.sample.id);
          } else {
            const index = ids.lastIndexOf(value.label.click) + 1;
            if (index > 0 && ids.length - index <= maxLag) expected.push(learner.label(index, value.label.amount));
          }
        }
        expect(out).toEqual(expected);
        expect(one.weights()).toEqual(other.weights());
        for (const open of [stage, learner, one, other]) open.dispose();
      }),
      { numRuns: 40 },
    ));

  it('matches by time within a tolerance', async () => {
    const clicks = [0, 10, 20].map((id) => ({ id, x: [0, 1] }));
    const sales = [11, 16, 4].map((click) => ({ click, amount: 1 }));
    const late = learnDelayed(model, { ...options(1e-300), tolerance: 4, labels: from(sales), until: 'all' });
    const steps = await lastValueFrom(from(clicks).pipe(late, toArray()));
    expect(steps.flatMap((step) => ('output' in step ? [] : [step.scored?.index]))).toEqual([2, 3, 1]);
  });

  it('waits for labels that come after the samples have ended, when asked', () => {
    const labels = new Subject<Sale>();
    const out: DelayedStep[] = [];
    from([{ id: 1, x: [0, 1] }])
      .pipe(learnDelayed(model, { ...options(1e-300), labels, until: 'all' }))
      .subscribe((step) => out.push(step));
    labels.next({ click: 1, amount: 2 });
    expect(out[1]?.scored).toMatchObject({ index: 1, target: Float32Array.of(2) });
    labels.complete();
    expect(labels.observed).toBe(false);
  });

  it('fails on a bad target, or drops it, and is as it was', () => {
    const label = { click: 1, amount: Number.POSITIVE_INFINITY };
    for (const onInvalid of ['error', 'skip', 'hold'] as const) {
      const stage = learnDelayedStage(model, options(1e-300, onInvalid))();
      stage.step({ sample: { id: 1, x: [0, 1] } }, () => {});
      const was = stage.snapshot?.();
      const act = () => stage.step({ label }, () => expect.fail('emitted on a bad target'));
      if (onInvalid === 'error') expect(act).toThrow(expect.objectContaining({ code: 'invalid-sample' }));
      else act();
      expect(stage.snapshot?.()).toEqual(was);
      stage.dispose();
    }
  });

  it('counts labels that came too late, samples that none came for, and what it dropped', () => {
    const totals: Record<string, number> = {};
    const telemetry: Telemetry = {
      add: (name, by) => {
        totals[name] = (totals[name] ?? 0) + by;
      },
      set: (name, value) => {
        totals[name] = value;
      },
      record() {},
    };
    const heapBytes = runtime.heap.bytesInUse;
    const stage = learnDelayedStage(model, { ...options(1e-300, 'skip', telemetry), maxLag: 1 })();
    for (let id = 1; id <= 4; id++) stage.step({ sample: { id, x: [0, 1] } }, () => {});
    for (const click of [1, 9, 3]) stage.step({ label: { click, amount: 1 } }, () => {});
    stage.step({ label: { click: 4, amount: Number.POSITIVE_INFINITY } }, () => {});
    stage.step({ sample: { id: 5, x: [Number.NaN, 1] } }, () => {});
    stage.dispose();
    expect(totals).toEqual({ samples: 5, heapBytes, updates: 1, lostLabels: 2, lateLabels: 2, skipped: 2 });
  });

  it('checks its options at the call', () => {
    const bad = (more: object) => () => learnDelayedStage(model, { ...options(0.1), ...more });
    expect(bad({ labelId: 'id' })).toThrow('learnDelayed: labelId must be a function, got id; e.g. (s) => s.id');
    expect(bad({ tolerance: -1 })).toThrow('learnDelayed: tolerance must be ≥ 0, got -1');
    expect(bad({ onInvalid: 'drop' })).toThrow('learnDelayed: onInvalid must be');
    expect(bad({ k1: 0 })).toThrow(expect.objectContaining({ code: 'invalid-option' }));
  });
});
