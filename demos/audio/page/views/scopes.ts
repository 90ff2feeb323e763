import { linesChart } from '../../../charts/linesChart.js';
import { element } from '../../../page/element.js';
import type { Session } from '../Session.js';

const SAMPLES = 512;
const LOUDEST = 0;
const FAINTEST = -110;
/** Above this there is little to see. */
const KILOHERTZ = 12;

/** Waveform and spectrum of pedal and network, laid over each other, as long as something sounds. */
export function scopes(session: Session): void {
  const lines = [
    { colour: 'forecast', width: 4 },
    { colour: 'gru', dash: [5, 3] },
  ];
  const waves = linesChart(element('waves', HTMLElement), {
    lines,
    range: [-1, 1],
    sayX: (x) => `${x} ms`,
  });
  const spectrum = linesChart(element('spectrum', HTMLElement), {
    lines,
    range: [FAINTEST, LOUDEST],
    sayX: (x) => `${x} kHz`,
  });
  const wave = { pedal: new Float32Array(SAMPLES), network: new Float32Array(SAMPLES) };
  let level: { pedal: Float32Array<ArrayBuffer>; network: Float32Array<ArrayBuffer> } | undefined;
  let drawing = false;

  const draw = () => {
    const { rig } = session;
    if (!rig || session.source.value === undefined) {
      drawing = false;
      return;
    }
    requestAnimationFrame(draw);
    const { sampleRate } = rig.context;
    const { pedal, network } = rig.analysers;
    level ??= {
      pedal: new Float32Array(pedal.frequencyBinCount),
      network: new Float32Array(network.frequencyBinCount),
    };
    pedal.getFloatTimeDomainData(wave.pedal);
    network.getFloatTimeDomainData(wave.network);
    pedal.getFloatFrequencyData(level.pedal);
    network.getFloatFrequencyData(level.network);
    const milliseconds = Float64Array.from(wave.pedal, (_, t) => (1000 * t) / sampleRate);
    waves.draw(milliseconds, [Float64Array.from(wave.pedal), Float64Array.from(wave.network)]);
    const bins = Math.min(level.pedal.length, Math.ceil((KILOHERTZ * 2000 * level.pedal.length) / sampleRate));
    const kilohertz = Float64Array.from({ length: bins }, (_, k) => (k * sampleRate) / 2000 / pedal.frequencyBinCount);
    const shown = (levels: Float32Array) =>
      Float64Array.from(levels.subarray(0, bins), (decibels) => Math.max(FAINTEST, decibels));
    spectrum.draw(kilohertz, [shown(level.pedal), shown(level.network)]);
  };
  session.source.subscribe((source) => {
    if (source === undefined || drawing) return;
    drawing = true;
    requestAnimationFrame(draw);
  });
}
