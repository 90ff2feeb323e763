/** Somebody speaks: seconds, and which of the voices, from 1 on. */
export interface Turn {
  readonly start: number;
  readonly end: number;
  readonly voice: number;
}

/** Reads `start end voice` rows under a head. */
export function readTurns(tsv: string): Turn[] {
  const rows = tsv.trim().split('\n').slice(1);
  return rows.map((row) => {
    const [start, end, voice] = row.split('\t').map(Number);
    return { start, end, voice };
  });
}

/** The voice at a time; 0: none. */
export function voiceAt(turns: readonly Turn[], seconds: number): number {
  return turns.find(({ start, end }) => start <= seconds && seconds < end)?.voice ?? 0;
}

/** A stretch of the sound, and whether it is for learning or held out. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly held: boolean;
}

/**
 * Each voice from the middle of the pause before it to the middle of the one after, in `parts` of equal length: number `held` = 0, 1, … of
 * each voice is held out.
 */
export function split(turns: readonly Turn[], seconds: number, parts: number, held: number): Stretch[] {
  const voices = [...new Set(turns.map(({ voice }) => voice))].map((voice) => {
    const own = turns.filter((turn) => turn.voice === voice);
    return { start: Math.min(...own.map(({ start }) => start)), end: Math.max(...own.map(({ end }) => end)) };
  });
  return voices.flatMap(({ start, end }, v) => {
    const at = (part: number) => {
      if (part === 0) return v === 0 ? 0 : (voices[v - 1].end + start) / 2;
      if (part === parts) return v === voices.length - 1 ? seconds : (end + voices[v + 1].start) / 2;
      return start + (part * (end - start)) / parts;
    };
    const stretches = [
      { start: at(0), end: at(held), held: false },
      { start: at(held), end: at(held + 1), held: true },
      { start: at(held + 1), end: at(parts), held: false },
    ];
    return stretches.filter((stretch) => stretch.start < stretch.end);
  });
}
