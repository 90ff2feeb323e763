import { once } from 'node:events';
import type { Snapshot } from '../src/core/stage.js';
import { seasonsOf } from '../src/forecast/options.js';
import { createForecastEngine } from '../src/forecast/startedForecastEngine.js';
import { startNetworks } from '../src/nn/startNetworks.js';
import { type CheckpointOptions, createRows } from './checkpoint.js';
import { createForecaster, type Forecast } from './forecaster.js';
import { formatFor } from './formats/registry.js';
import { orNull } from './orNull.js';
import { openOutput } from './outputFile.js';
import { createRowReader } from './rowReader.js';
import { readTable } from './rows.js';
import { createScore, type Scored } from './score.js';

/** The engine's options that are flags with a default. */
type EngineFlags = Record<'horizon' | 'networks' | 'units' | 'layers' | 'k1' | 'k2' | 'rate' | 'seed', number>;

export interface ForecastOptions extends CheckpointOptions, EngineFlags {
  column?: string;
  time?: string;
  format?: string;
  season?: number | readonly number[];
  alpha: number;
  onInvalid: 'error' | 'skip' | 'hold';
  chart: boolean;
  jsonSummary?: string;
}

/** What `--json-summary` writes. */
interface Summary extends Scored {
  /** Of the intervals `horizon` rows ahead: the share of values that they covered, and their mean interval (Winkler) score. */
  interval: { alpha: number; coverage: number | null; score: number | null };
}

/** What `eddy forecast` does. */
export async function run(file: string, options: ForecastOptions): Promise<void> {
  const { horizon, season, networks, units, layers, k1, k2, rate, seed, alpha } = options;
  const summaryFile = await openOutput('--json-summary', options.jsonSummary);
  if (networks > 0) await startNetworks();
  const engineOptions = { horizon, season, networks, units, layers, k1, k2, rate, seed, intervals: { alpha } };
  const engine = createForecastEngine(engineOptions, 1);
  const stage = createForecaster(engine, horizon);
  const intervals = engine.intervalsOf(horizon);
  const score = createScore(horizon, seasonsOf(season)?.[0] ?? 0);
  const started = performance.now();
  const progress = createProgress();
  const row = createRowReader(options);
  const write = createWriter(options.chart);
  const parts = { stage, score, row };
  let taken = 0;
  try {
    const rows = await createRows(options, { model: engine.models[0], setup: setupOf(options), parts });
    for await (const record of readTable(file, formatFor(file, options.format), row.needed)) {
      if (rows.wasSeen()) continue;
      const observation = row.read(record);
      if (observation) {
        let out: Forecast | undefined;
        stage.step(observation, (line) => {
          out = line;
        });
        if (out) {
          score.add(observation.value, out.scored?.forecast);
          await write.line(out);
        }
      }
      await rows.done();
      taken = rows.own;
      if ((taken & 1023) === 0) progress.show(taken, started);
    }
    await rows.end();
  } finally {
    stage.dispose();
    progress.clear();
  }
  if (row.firstBad && row.index === 0) throw row.firstBad;
  const summary: Summary = {
    ...score.summary((performance.now() - started) / 1000, row.skipped, taken),
    interval: { alpha, coverage: orNull(intervals?.coverage), score: orNull(intervals?.meanScore) },
  };
  if (options.chart) process.stdout.write(`${(await import('./chart.js')).chart(write.newest)}\n`);
  process.stderr.write(`${describe(summary, horizon)}\n`);
  await summaryFile?.write(`${JSON.stringify(summary, null, 2)}\n`);
}

/** What a checkpoint cannot go on with if it changes. */
function setupOf(options: ForecastOptions): Snapshot {
  const { horizon, networks, units, layers, k1, k2, rate, seed, alpha, onInvalid } = options;
  const season = options.season === undefined ? 'left out' : String(options.season);
  return { horizon, networks, units, layers, k1, k2, rate, seed, season, alpha, onInvalid };
}

/** Lines to standard output, or, for a chart, the newest kept. */
function createWriter(isChart: boolean) {
  const { stdout } = process;
  const newest: Forecast[] = [];
  return {
    newest,
    async line(out: Forecast): Promise<void> {
      if (isChart) {
        newest.push(out);
        if (newest.length > 96) newest.shift();
      } else if (!stdout.write(`${JSON.stringify(out)}\n`)) {
        await once(stdout, 'drain');
      }
    },
  };
}

/** One line that is written over, on a terminal only. */
function createProgress() {
  const { stderr } = process;
  let shown = false;
  return {
    show(rows: number, started: number) {
      if (!stderr.isTTY) return;
      const perSecond = Math.round(rows / ((performance.now() - started) / 1000));
      stderr.write(`\r${rows.toLocaleString('en')} rows, ${perSecond.toLocaleString('en')} a second`);
      shown = true;
    },
    clear() {
      if (shown) stderr.write('\r\u001b[K');
      shown = false;
    },
  };
}

function describe({ rows, rowsPerSecond, skipped, mae, rmse, skill, interval }: Summary, horizon: number): string {
  const number = (value: number | null | undefined) =>
    value === null || value === undefined ? '–' : value.toPrecision(4);
  const percent = (value: number | null) => (value === null ? '–' : `${(100 * value).toFixed(1)} %`);
  const baselines = [
    `over the last value ${percent(skill.lastValue)}`,
    ...(skill.seasonalNaive === undefined ? [] : [`over the seasonal naive ${percent(skill.seasonalNaive)}`]),
  ];
  return [
    `${rows.toLocaleString('en')} rows, ${rowsPerSecond.toLocaleString('en')} rows/s${skipped > 0 ? `, ${skipped} skipped` : ''}`,
    `${horizon} ahead: MAE ${number(mae)}, RMSE ${number(rmse)}; skill ${baselines.join(', ')}`,
    `${+(100 * (1 - interval.alpha)).toFixed(2)} % intervals: ${percent(interval.coverage)} covered, interval score ${number(interval.score)}`,
  ].join('\n');
}
