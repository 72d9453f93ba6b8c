import { el } from './dom';

export interface PageContext {
  main: HTMLElement;
  query: URLSearchParams;
  signal: AbortSignal;
  title: (text: string) => void;
}

type Page = (context: PageContext, parameter: string) => void;

interface Route {
  pattern: RegExp;
  page: Page;
}

const routes: Route[] = [];
let leaving = new AbortController();
let container: HTMLElement | null = null;
let arrived: (path: string) => void = () => undefined;

export function route(pattern: RegExp, page: Page): void {
  routes.push({ pattern, page });
}

/** Goes to a path of this page. */
export function go(path: string, replace = false): void {
  if (replace) history.replaceState(null, '', path);
  else history.pushState(null, '', path);
  open(true);
  window.scrollTo(0, 0);
}

export function startRouter(main: HTMLElement, onArrival: (path: string) => void): void {
  container = main;
  arrived = onArrival;
  window.addEventListener('popstate', () => open(true));
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin || link.pathname.startsWith('/api/')) return;
    if (link.hash && link.pathname === location.pathname) return;
    event.preventDefault();
    go(link.pathname + link.search);
  });
  open(false);
}

function open(focus: boolean): void {
  if (!container) return;
  leaving.abort();
  leaving = new AbortController();
  container.replaceChildren();
  const path = location.pathname.replace(/\/+$/, '') || '/';
  const context: PageContext = {
    main: container,
    query: new URLSearchParams(location.search),
    signal: leaving.signal,
    title: (text) => {
      document.title = text;
    },
  };
  arrived(path);
  const found = routes.find((r) => r.pattern.test(path));
  if (found) found.page(context, decode(found.pattern.exec(path)?.[1] ?? ''));
  else missing(context);
  if (focus) container.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true });
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function missing(context: PageContext): void {
  context.title('Not found · Gymkhana lab');
  context.main.append(heading('There is no such page'), el('p', {}, 'Try the ', el('a', { href: '/' }, 'home page'), '.'));
}

/** The main heading, which takes the focus when its page is gone to. */
export function heading(text: string): HTMLHeadingElement {
  return el('h1', { tabindex: -1 }, text);
}
