// Who is waiting for the lab at the moment; the banner shows while anybody is.

const waiting = new Set<object>();
const watchers = new Set<(down: boolean) => void>();

function tell(): void {
  for (const watcher of watchers) watcher(waiting.size > 0);
}

export function unanswered(who: object): void {
  waiting.add(who);
  tell();
}

export function answered(who: object): void {
  if (waiting.delete(who)) tell();
}

export function watchConnection(watcher: (down: boolean) => void): void {
  watchers.add(watcher);
}
