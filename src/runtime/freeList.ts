import { ALIGNMENT, type Allocator, MAX_BYTES } from './heap.js';

const PAGE = 65536;

/** A stretch of free memory: [at, end). */
interface Gap {
  at: number;
  end: number;
}

/**
 * Blocks of a memory that is ours alone: the first gap that fits, low addresses first, neighbours joined again when freed. It is called
 * when models, states and learners open and close, never in a step.
 *
 * @param memory from its second cache line on ours to give: address 0 is no block
 * @param onGrowth called after each growth, when all views are detached
 */
export function createFreeList(memory: WebAssembly.Memory, onGrowth: () => void): Allocator {
  const gaps: Gap[] = [{ at: ALIGNMENT, end: memory.buffer.byteLength }];
  const ends = new Map<number, number>();

  const release = (gap: Gap) => {
    const next = gaps.findIndex(({ at }) => at >= gap.end);
    const place = next < 0 ? gaps.length : next;
    gaps.splice(place, 0, gap);
    join(place);
    join(place - 1);
  };
  const join = (place: number) => {
    if (place < 0 || place + 1 >= gaps.length || gaps[place].end !== gaps[place + 1].at) return;
    gaps[place].end = gaps[place + 1].end;
    gaps.splice(place + 1, 1);
  };
  const grow = (bytes: number) => {
    const end = memory.buffer.byteLength;
    const last = gaps.at(-1);
    const wanted = bytes - (last?.end === end ? last.end - last.at : 0);
    // An eighth more than what there is, so that many small blocks do not grow the memory many times.
    const pages = Math.ceil(Math.max(wanted, end / 8) / PAGE);
    const fewest = Math.ceil(wanted / PAGE);
    for (const count of [pages, fewest]) {
      if (end + count * PAGE > MAX_BYTES) continue;
      try {
        memory.grow(count);
      } catch {
        continue;
      }
      release({ at: end, end: memory.buffer.byteLength });
      onGrowth();
      return true;
    }
    return false;
  };

  return {
    memory,
    take(bytes) {
      const size = Math.ceil(Math.max(bytes, 1) / ALIGNMENT) * ALIGNMENT;
      const fits = ({ at, end }: Gap) => end - at >= size;
      let gap = gaps.find(fits);
      if (!gap && grow(size)) gap = gaps.find(fits);
      if (!gap) return 0;
      const address = gap.at;
      gap.at += size;
      if (gap.at === gap.end) gaps.splice(gaps.indexOf(gap), 1);
      ends.set(address, gap.at);
      return address;
    },
    give(address) {
      const end = ends.get(address);
      if (end === undefined) return;
      ends.delete(address);
      release({ at: address, end });
    },
  };
}
