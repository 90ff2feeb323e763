/** A node of the list: its key, when it was last used, its neighbours in the order of use. */
export interface Used<K> {
  readonly key: K;
  at: number;
  older: this | undefined;
  newer: this | undefined;
}

/**
 * A map that knows which key was used longest ago. Every operation takes constant time and allocates nothing.
 * A linked list beside the map: to delete and set again would keep the order in the map itself, at several times the cost.
 */
export class LruMap<K, Node extends Used<K>> {
  readonly #nodes = new Map<K, Node>();
  oldest: Node | undefined;
  #newest: Node | undefined;

  get size(): number {
    return this.#nodes.size;
  }

  get(key: K): Node | undefined {
    return this.#nodes.get(key);
  }

  /** Adds a node as the newest. */
  add(node: Node, at: number): void {
    this.#nodes.set(node.key, node);
    this.#append(node, at);
  }

  /** Makes a node the newest. */
  use(node: Node, at: number): void {
    if (node === this.#newest) {
      node.at = at;
      return;
    }
    this.#unlink(node);
    this.#append(node, at);
  }

  delete(node: Node): void {
    this.#nodes.delete(node.key);
    this.#unlink(node);
  }

  /** From the oldest to the newest; what is added or used meanwhile comes last. */
  *[Symbol.iterator](): Generator<Node, void> {
    for (let node = this.oldest; node !== undefined; node = node.newer) yield node;
  }

  #append(node: Node, at: number): void {
    node.at = at;
    node.older = this.#newest;
    node.newer = undefined;
    if (this.#newest) this.#newest.newer = node;
    else this.oldest = node;
    this.#newest = node;
  }

  #unlink(node: Node): void {
    if (node.older) node.older.newer = node.newer;
    else this.oldest = node.newer;
    if (node.newer) node.newer.older = node.older;
    else this.#newest = node.older;
  }
}
