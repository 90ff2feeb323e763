/** What the fleet knows of a sensor: as of its last report. */
export interface Summary {
  readonly sensor: string;
  readonly taken: number;
  readonly value: number;
  readonly score: number;
  /** Of the report, in milliseconds since 1970. */
  readonly at: number;
}
