import { Observable } from 'rxjs';
import type { Sample } from './motion.js';

const EVERY_MS = 50;
/** Of a 16-bit sample: silence has no logarithm. */
const QUIETEST = -96;

/** The sound's level in dB below full scale, twenty times a second. Must be subscribed to in a press. */
export const microphone = new Observable<Sample>((subscriber) => {
  const closing: (() => void)[] = [];
  const open = async () => {
    const sound = await navigator.mediaDevices.getUserMedia({ audio: true });
    closing.push(() => {
      for (const track of sound.getTracks()) track.stop();
    });
    const context = new AudioContext();
    closing.push(() => void context.close());
    const analyser = context.createAnalyser();
    context.createMediaStreamSource(sound).connect(analyser);
    const wave = new Float32Array(analyser.fftSize);
    const timer = setInterval(() => {
      analyser.getFloatTimeDomainData(wave);
      const power = wave.reduce((sum, x) => sum + x * x, 0) / wave.length;
      subscriber.next({ time: Date.now(), values: [Math.max(QUIETEST, 10 * Math.log10(power))] });
    }, EVERY_MS);
    closing.push(() => clearInterval(timer));
    if (subscriber.closed) close();
  };
  const close = () => {
    for (const end of closing.splice(0)) end();
  };
  open().catch(() => subscriber.error(new Error('The microphone was not allowed, or there is none.')));
  return close;
});
