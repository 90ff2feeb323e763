/** What TypeScript's own declarations do not have yet. https://webaudio.github.io/web-audio-api/#AudioPlaybackStats */
interface AudioContext {
  readonly playbackStats?: {
    /** Seconds of silence that stand where sound was not ready. */
    readonly underrunDuration: number;
  };
  /** Frames. */
  readonly renderQuantumSize?: number;
}
