export interface Env {
  readonly SENSORS: DurableObjectNamespace;
  readonly FLEET: DurableObjectNamespace;
  /** A secret: `wrangler secret put TOKEN`. */
  readonly TOKEN?: string;
  /** A number; default in limits.ts. */
  readonly FRAMES_PER_SECOND?: string;
}
