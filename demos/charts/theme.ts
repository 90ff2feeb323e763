export type Theme = 'light' | 'dark';

const KEPT = 'theme';
const dark = () => matchMedia('(prefers-color-scheme: dark)');
const current = (): Theme => (document.documentElement.dataset.theme === 'dark' ? 'dark' : 'light');

/** The theme that was chosen on this page before, else the system's, which is then followed. */
export function followTheme(): void {
  const system = dark();
  const apply = () => {
    document.documentElement.dataset.theme = localStorage.getItem(KEPT) ?? (system.matches ? 'dark' : 'light');
  };
  system.addEventListener('change', apply);
  apply();
}

/** Changes over, and keeps the choice unless it is the system's own. */
export function toggleTheme(): Theme {
  const next: Theme = current() === 'dark' ? 'light' : 'dark';
  if ((next === 'dark') === dark().matches) localStorage.removeItem(KEPT);
  else localStorage.setItem(KEPT, next);
  document.documentElement.dataset.theme = next;
  return next;
}

/** Calls back at each change, and at once; returns what ends it. */
export function onTheme(changed: (theme: Theme) => void): () => void {
  const watcher = new MutationObserver(() => changed(current()));
  watcher.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  changed(current());
  return () => watcher.disconnect();
}
