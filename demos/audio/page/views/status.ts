import { combineLatest } from 'rxjs';
import { element, write } from '../../../page/element.js';
import type { Session } from '../Session.js';

/** What it does now, and what went wrong. */
export function status({ source, paused, learns, problem }: Session): void {
  const line = element('status', HTMLParagraphElement);
  const alert = element('problem', HTMLParagraphElement);
  combineLatest([source, paused, learns]).subscribe(([playing, still, learning]) => {
    line.dataset.status = playing ? 'connected' : 'silent';
    write(line, playing ? `${learning && !still ? 'Learning' : 'Playing'}: ${playing}` : 'Silent');
  });
  problem.subscribe((text) => {
    alert.hidden = text === undefined;
    write(alert, text ?? '');
  });
}
