import type { Refusal } from './auth.js';

/** So many places, and so many of them for one address. */
export class ConnectionLimits {
  /** Those that are taken. */
  taken = 0;
  readonly #perAddress = new Map<string, number>();

  constructor(
    readonly most: number,
    readonly mostPerAddress: number,
  ) {}

  /** Takes a place, and gives how to leave it; or says why there is none. */
  take(address: string): Refusal | (() => void) {
    const here = this.#perAddress.get(address) ?? 0;
    if (this.taken >= this.most) return { status: 503, text: 'too many connections' };
    if (here >= this.mostPerAddress) return { status: 429, text: 'too many connections from this address' };
    this.taken++;
    this.#perAddress.set(address, here + 1);
    return () => {
      this.taken--;
      const left = (this.#perAddress.get(address) ?? 1) - 1;
      if (left > 0) this.#perAddress.set(address, left);
      else this.#perAddress.delete(address);
    };
  }
}
