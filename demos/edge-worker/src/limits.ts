/** What a client may send. */
export const FRAME_BYTES = 65_536;
export const FRAME_SAMPLES = 1_000;
/** The largest value: a float32's, in either format. */
export const LARGEST = 3.4028234663852886e38;
export const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
/** Frames a second that a sensor may send in the long run, unless FRAMES_PER_SECOND says otherwise, and at once after a rest. */
export const FRAMES_PER_SECOND = 20;
export const BURST = 5;
/** WebSockets of a sensor, its own and its viewers'. */
export const SOCKETS = 32;

/** Learners that an isolate keeps open: each takes about 0.3 MB of the heap, and about as much of JavaScript's. */
export const OPEN_LEARNERS = 32;

/** How often a sensor that is alive tells the fleet of itself, and how soon a new one does. */
export const REPORT_MS = 3_600_000;
export const FIRST_REPORT_MS = 1_000;
/** Sensors in one answer of the fleet. */
export const FLEET_PAGE = 100;
