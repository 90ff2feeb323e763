import { element, make, write } from '../../../page/element.js';
import type { Session } from '../Session.js';

const times = (x: number) => (Number.isFinite(x) ? `${x >= 10 ? x.toFixed(0) : x.toFixed(1)} × real time` : '–');

/** What playing and learning cost, and what was lost. */
export function figures(session: Session): void {
  const list = element('figures', HTMLDListElement);
  const row = (term: string) => {
    const value = make('dd', {}, '–');
    list.append(make('div', {}, make('dt', {}, term), value));
    return (text: string) => write(value, text);
  };
  const playing = row('Plays at');
  const learning = row('Learns at');
  const learned = row('Learned');
  const late = row('Missed quanta');
  const dropped = row('Samples not learned');
  let lost = 0;
  session.measured.subscribe((measured) => {
    lost += measured.dropped;
    playing(times(session.rig?.speed ?? Number.NaN));
    late(session.rig ? missedQuanta(session.rig.context) : '–');
    dropped(String(lost));
  });
  session.reported.subscribe((report) => {
    const { sampleRate = 48000 } = session.rig?.context ?? {};
    learning(times(report.timesRealTime));
    learned(`${(report.samples / sampleRate).toFixed(0)} s of sound`);
  });
}

/** Quanta that were not ready when they should have sounded, as the browser counts them; not every browser does. */
function missedQuanta({ playbackStats, renderQuantumSize = 128, sampleRate }: AudioContext): string {
  if (!playbackStats) return 'not counted here';
  return String(Math.round((playbackStats.underrunDuration * sampleRate) / renderQuantumSize));
}
