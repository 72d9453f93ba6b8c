export type Theme = 'auto' | 'light' | 'dark';
const key = 'gymkhana-theme';
const dark = matchMedia('(prefers-color-scheme: dark)');
const watchers = new Set<() => void>();

export function theme(): Theme {
  const kept = localStorage.getItem(key);
  return kept === 'light' || kept === 'dark' ? kept : 'auto';
}

export function applyTheme(): void {
  const chosen = theme();
  document.documentElement.dataset['theme'] = chosen === 'auto' ? (dark.matches ? 'dark' : 'light') : chosen;
  for (const watcher of watchers) watcher();
}

export function chooseTheme(chosen: Theme): void {
  localStorage.setItem(key, chosen);
  applyTheme();
}

export function watchTheme(watcher: () => void, signal: AbortSignal): void {
  watchers.add(watcher);
  signal.addEventListener('abort', () => watchers.delete(watcher), { once: true });
}

/** A colour of the present theme, such as `--c0`. */
export function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

dark.addEventListener('change', applyTheme);
export const calm = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;
