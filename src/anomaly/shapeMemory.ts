const WINDOW = 8;
const SHAPES = 64;
const QUANTILE = 0.9;
const NEAR = 0.5;
const VIGILANCE_RATE = 0.02;
const LEARNING_RATE = 0.1;
const KEEP = 1 - 1e-4; // a row: how a shape's use fades, as events do

/**
 * How unlike anything seen the last eight values are: their distance to the nearest of 64 remembered shapes. Memory and
 * time are constant. As in adaptive resonance theory (Carpenter & Grossberg 1987, CVGIP 37:54) a window that a shape
 * matches moves that shape a little, and one that none matches becomes a shape itself, in place of the least used. How
 * near a match must be (the vigilance) is not set by hand: it is the running 90 % quantile of the distances. But in a calm that
 * falls to nothing, and the trifles of an hour would push out what the day has shown: half a unit is always near enough. The
 * unit is the caller's: a usual change.
 */
export class ShapeMemory {
  readonly #shapes = new Float64Array(SHAPES * WINDOW);
  readonly #use = new Float64Array(SHAPES);
  readonly #window = new Float64Array(WINDOW);
  /** rows, shapes, vigilance, mean distance */
  readonly #state = new Float64Array(4);

  get state(): readonly Float64Array[] {
    return [this.#shapes, this.#use, this.#window, this.#state];
  }

  /** The root mean square distance of the window that ends with `value`; then learns it. 0 until the window is full. */
  step(value: number): number {
    const window = this.#window;
    const state = this.#state;
    window.copyWithin(1, 0, WINDOW - 1);
    window[0] = value;
    if (++state[0] < WINDOW) return 0;
    const [nearest, squared] = this.#nearest();
    const distance = nearest < 0 ? 0 : Math.sqrt(squared / WINDOW);
    const scale = Math.max(state[2], state[3], 1e-9);
    state[2] += (distance > state[2] ? QUANTILE : QUANTILE - 1) * VIGILANCE_RATE * scale;
    state[3] += 0.01 * (distance - state[3]);
    this.#learn(nearest, distance);
    return distance;
  }

  #nearest(): [shape: number, squared: number] {
    const shapes = this.#shapes;
    const window = this.#window;
    let best = Number.POSITIVE_INFINITY;
    let nearest = -1;
    for (let s = 0, n = this.#state[1]; s < n; s++) {
      let sum = 0;
      for (let i = 0, p = s * WINDOW; i < WINDOW && sum <= best; i++) {
        const d = window[i] - shapes[p + i];
        sum += d * d;
      }
      if (sum < best) {
        best = sum;
        nearest = s;
      }
    }
    return [nearest, best];
  }

  #learn(nearest: number, distance: number): void {
    const use = this.#use;
    const state = this.#state;
    for (let s = 0; s < state[1]; s++) use[s] *= KEEP;
    if (nearest >= 0 && distance <= Math.max(NEAR, state[2])) {
      use[nearest]++;
      for (let i = 0, p = nearest * WINDOW; i < WINDOW; i++) {
        this.#shapes[p + i] += LEARNING_RATE * (this.#window[i] - this.#shapes[p + i]);
      }
      return;
    }
    let place = 0;
    if (state[1] < SHAPES) place = state[1]++;
    else for (let s = 1; s < SHAPES; s++) if (use[s] < use[place]) place = s;
    this.#shapes.set(this.#window, place * WINDOW);
    use[place] = 1;
  }
}
