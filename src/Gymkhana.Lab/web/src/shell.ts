import { watchConnection } from './connection';
import { el } from './dom';
import { chooseTheme, theme, type Theme } from './theme';

const pages: [string, string][] = [['/', 'Home'], ['/runs', 'Runs'], ['/race', 'Race'], ['/worlds', 'Worlds'], ['/compare', 'Compare']];
const themes: [Theme, string][] = [['auto', 'Auto'], ['light', 'Light'], ['dark', 'Dark']];
const toastSeconds = 6;

const toasts = el('div', { class: 'toasts', role: 'status', 'aria-live': 'polite' });

/** Builds the frame around the pages; gives where they go, and what marks the present one in the navigation. */
export function buildShell(): { main: HTMLElement; mark: (path: string) => void } {
  const main = el('main', { id: 'main', tabindex: -1 });
  const links = pages.map(([path, name]) => el('a', { href: path }, name));
  const choice = el('select', { 'aria-label': 'Colours', class: 'theme' }, ...themes.map(([value, name]) => el('option', { value }, name)));
  choice.value = theme();
  choice.addEventListener('change', () => chooseTheme(choice.value as Theme));
  const banner = el('div', { class: 'banner', role: 'status', hidden: true }, 'The lab is not answering; trying again …');
  let timer = 0;
  watchConnection((down) => {
    window.clearTimeout(timer);
    if (down) timer = window.setTimeout(() => (banner.hidden = false), 400);
    else banner.hidden = true;
  });
  const skip = el('a', { class: 'skip', href: '#main' }, 'Skip to the content');
  skip.addEventListener('click', (event) => {
    event.preventDefault();
    main.focus();
  });
  document.body.append(
    skip,
    el('header', { class: 'top' },
      el('div', { class: 'top-inner' },
        el('a', { class: 'brand', href: '/' }, el('img', { src: '/favicon.svg', alt: '', width: 28, height: 28 }), el('span', {}, 'Gymkhana'), el('span', { class: 'brand-lab' }, 'lab')),
        el('nav', { 'aria-label': 'Pages' }, ...links), choice)),
    banner, main, toasts,
  );
  const mark = (path: string): void => {
    for (const link of links) {
      const own = link.pathname;
      const here = own === '/' ? path === '/' : path === own || path.startsWith(`${own}/`);
      if (here) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    }
  };
  return { main, mark };
}

/** A short word at the foot of the page, which goes away by itself. */
export function toast(text: string): void {
  const one = el('div', { class: 'toast' }, text);
  toasts.append(one);
  setTimeout(() => one.remove(), toastSeconds * 1000);
}
