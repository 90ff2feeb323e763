/** A number as JSON has it: null where there is none. */
export const orNull = (value: number): number | null => (Number.isFinite(value) ? value : null);
