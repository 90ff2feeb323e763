/** How much faster than it sounds: seconds of sound by seconds of work. */
export function createClock(sampleRate: number) {
  const start = performance.now();
  return {
    timesRealTime: (samples: number) => ((samples / sampleRate) * 1000) / (performance.now() - start),
  };
}

/** True once in so many seconds. */
export function every(seconds: number): () => boolean {
  let last = performance.now();
  return () => {
    if (performance.now() - last < seconds * 1000) return false;
    last = performance.now();
    return true;
  };
}
