import { merge } from 'rxjs';
import { element, write } from '../../../page/element.js';
import type { Session } from '../Session.js';

const digits = new Intl.NumberFormat('en', { maximumSignificantDigits: 2, minimumSignificantDigits: 2 });
/** Of the newest measurement; four come in a second. */
const SHARE = 0.3;

/** The error-to-signal ratio of what the network plays, large, and what it means. */
export function ratio({ measured, shape, source }: Session): void {
  const number = element('ratio', HTMLSpanElement);
  const words = element('ratio-words', HTMLParagraphElement);
  let mean = Number.NaN;
  shape.subscribe(() => {
    mean = Number.NaN;
  });
  merge(measured).subscribe((now) => {
    if (Number.isFinite(now.ratio)) mean = Number.isNaN(mean) ? now.ratio : mean + SHARE * (now.ratio - mean);
    write(number, Number.isNaN(mean) ? '–' : digits.format(mean));
    write(words, source.value === undefined ? 'Stopped.' : Number.isNaN(mean) ? 'Nothing sounds yet.' : meaning(mean));
  });
}

function meaning(ratio: number): string {
  const wrong = `The network gets ${digits.format(Math.min(999, 100 * ratio))} % of the pedal’s energy wrong: `;
  if (ratio < 0.003) return `${wrong}hard to tell from it.`;
  if (ratio < 0.03) return `${wrong}close, to a careful ear not the same.`;
  return ratio < 0.3 ? `${wrong}it has caught its character.` : `${wrong}it has only begun.`;
}
