export const DAY = 86_400_000;
const LONGEST = 20_160; // two weeks of minutes: no longer season is kept in memory

/** The short and the long season of rows that follow each other every `step` milliseconds, in rows; 0: none. */
export function calendarSeasons(step: number): [short: number, long: number] {
  if (step < DAY * 0.9) {
    const day = Math.round(DAY / step);
    if (day > LONGEST) return [0, 0];
    return [day, day * 7 <= LONGEST ? day * 7 : 0];
  }
  if (step < DAY * 1.5) return [7, 365];
  if (step < DAY * 8) return [52, 0];
  if (step < DAY * 32) return [12, 0];
  return step < DAY * 93 ? [4, 0] : [0, 0];
}

/** a − ⌊a/b⌋·b: from 0 to below b. */
export const modulo = (a: number, b: number) => a - Math.floor(a / b) * b;

/** 0 Sunday … 6 Saturday; the epoch was a Thursday. */
export const weekday = (time: number) => modulo(Math.floor(time / DAY) + 4, 7);

/** How much of its year has gone at a time. Days to years by the Gregorian 400-year cycle (Richards 2013, counted from March). */
export function yearPhase(time: number): number {
  const days = time / DAY + 719_468; // since 0000-03-01
  const cycle = modulo(days, 146_097);
  const whole = Math.floor(cycle);
  const ofCycle = Math.floor(
    (whole - Math.floor(whole / 1460) + Math.floor(whole / 36_524) - Math.floor(whole / 146_096)) / 365,
  );
  const sinceMarch = cycle - (365 * ofCycle + Math.floor(ofCycle / 4) - Math.floor(ofCycle / 100));
  const january = sinceMarch >= 306; // the cycle's years begin in March: January is their eleventh month
  const year = ofCycle + (january ? 1 : 0);
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const sinceJanuary = january ? sinceMarch - 306 : sinceMarch + (leap ? 60 : 59);
  return sinceJanuary / (leap ? 366 : 365);
}
