export { Adwin, type AdwinOptions } from '../src/drift/adwin.js';
export type { DriftDetector } from '../src/drift/driftDetector.js';
export type { DriftReactionOptions } from '../src/drift/driftReaction.js';
export { Kswin, type KswinOptions } from '../src/drift/kswin.js';
export { PageHinkley, type PageHinkleyOptions } from '../src/drift/pageHinkley.js';
export { createDrift } from '../src/forecast/baselines/drift.js';
export { createHoltWinters } from '../src/forecast/baselines/holtWinters.js';
export { createLastValue } from '../src/forecast/baselines/lastValue.js';
export { createRlsOnLags } from '../src/forecast/baselines/rlsOnLags.js';
export { createSeasonalNaive } from '../src/forecast/baselines/seasonalNaive.js';
export { FORECAST_DEFAULTS } from '../src/forecast/defaults.js';
export { createForecastEngineOn, type ForecastEngine } from '../src/forecast/forecastEngine.js';
export type { ForecastStep } from '../src/forecast/forecastStep.js';
export type { OneStepForecaster } from '../src/forecast/oneStepForecaster.js';
export type { ForecastEngineOptions } from '../src/forecast/options.js';
export { createForecastEngine } from '../src/forecast/startedForecastEngine.js';
export { startNetworks } from '../src/nn/startNetworks.js';
export { createRangeScaler } from '../src/stats/rangeScaler.js';
export { createMomentScaler, type Scaler } from '../src/stats/scaler.js';
export { type BaselineOptions, baseline } from './forecasting/baseline.js';
export { type ClassMetrics, classMetrics } from './forecasting/classMetrics.js';
export {
  type Anomaly,
  type DetectAnomaliesOptions,
  detectAnomalies,
  type NextForecast,
} from './forecasting/detectAnomalies.js';
export { type DetectDriftOptions, type Drift, detectDrift } from './forecasting/detectDrift.js';
export { type Forecast, type ForecastOptions, forecast } from './forecasting/forecast.js';
export { type Metrics, type MetricsOptions, metrics } from './forecasting/metrics.js';
export { type KeyedOptions, keyed } from './keyed/keyed.js';
export { type KeyedPredictOptions, keyedPredict } from './keyed/keyedPredict.js';
export { type FreeRun, type GenerateOptions, generate, type Steered } from './networks/generate.js';
export { type LearnOptions, learn } from './networks/learn.js';
export { type DelayedStep, type LearnDelayedOptions, learnDelayed } from './networks/learnDelayed.js';
export { type LearnInWorkerOptions, learnInWorker } from './networks/learnInWorker.js';
export { type OutputInterval, type OutputIntervalsOptions, outputIntervals } from './networks/outputIntervals.js';
export { type PredictOptions, predict } from './networks/predict.js';
export { type DifferenceOptions, difference } from './preparation/difference.js';
export { type Imputed, type ImputeOptions, impute } from './preparation/impute.js';
export { inverse } from './preparation/inverse.js';
export { type MinMaxOptions, minMax } from './preparation/minMax.js';
export { type Resampled, type ResampleOptions, resample } from './preparation/resample.js';
export { type StandardizeOptions, standardize } from './preparation/standardize.js';
export { type TimeFeaturesOptions, timeFeatures } from './preparation/timeFeatures.js';
export { type FeedbackOptions, inverseSigmoid } from './shared/feedback.js';
export { type FrameOptions, frame } from './sound/frame.js';
export { type MelOptions, mel } from './sound/mel.js';
export { type PcmOptions, pcm } from './sound/pcm.js';
export { type SpectrumOptions, spectrum } from './sound/spectrum.js';
export { asOperator } from './streams/asOperator.js';
export { type CheckpointOptions, checkpoint } from './streams/checkpoint.js';
export { type InstrumentOptions, instrument } from './streams/instrument.js';
export { toAsyncGenerator } from './streams/toAsyncGenerator.js';
export { ticks, type WithInputsOptions, withInputs } from './streams/withInputs.js';
