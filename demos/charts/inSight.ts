export interface Sight {
  /** Whether the element is on the screen, or nearly. */
  readonly now: boolean;
  end(): void;
}

/** Watches whether an element can be seen; what nobody sees need not be drawn until it is, when `appears` is called. */
export function inSight(element: Element, appears: () => void): Sight {
  let now = true;
  const watcher = new IntersectionObserver(
    (entries) => {
      const before = now;
      now = entries[entries.length - 1].isIntersecting;
      if (now && !before) appears();
    },
    { rootMargin: '200px' },
  );
  watcher.observe(element);
  return {
    get now() {
      return now;
    },
    end: () => watcher.disconnect(),
  };
}
