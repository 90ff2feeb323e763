/** Why something that came was not used. */
export type DropReason =
  | 'not-finite'
  | 'width'
  | 'rate'
  | 'sensors'
  | 'opening'
  | 'checkpoint'
  | 'frame'
  | 'connection'
  | 'slow-viewer'
  | 'silent';

/** Counts of what was not used, by reason. */
export class Dropped {
  readonly counts = new Map<DropReason, number>();

  add(reason: DropReason, by = 1): void {
    this.counts.set(reason, (this.counts.get(reason) ?? 0) + by);
  }

  get total(): number {
    return [...this.counts.values()].reduce((sum, count) => sum + count, 0);
  }
}
