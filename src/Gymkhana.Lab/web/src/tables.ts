import { el } from './dom';
import { withUnit } from './format';
import type { Row, Setting } from './types';

/** A table that scrolls within its card where it is too wide. */
export function table(head: string[], rows: (Node | string)[][], options: { numeric?: number[]; caption?: string } = {}): HTMLElement {
  const align = (i: number): string | null => (options.numeric?.includes(i) ? 'num' : null);
  return el('div', { class: 'table-scroll', tabindex: 0, role: 'region', 'aria-label': options.caption ?? head.join(', ') },
    el('table', {},
      el('thead', {}, el('tr', {}, ...head.map((text, i) => el('th', { scope: 'col', class: align(i) }, text)))),
      el('tbody', {}, ...rows.map((cells) => el('tr', {}, ...cells.map((cell, i) => el(i === 0 ? 'th' : 'td', { scope: i === 0 ? 'row' : null, class: align(i) }, cell)))))));
}

/** The values of a run: those that somebody gave first and emphasised, the defaults folded away. */
export function valueTable(title: string, settings: Setting[]): HTMLElement {
  const given = settings.filter((s) => s.given);
  const rest = settings.filter((s) => !s.given);
  const row = (s: Setting): (Node | string)[] => [el('code', {}, s.key), el('code', { class: s.given ? 'given' : '' }, withUnit(s.value ?? s.default, s.unit)), s.meaning];
  const head = ['Setting', 'Value', 'Meaning'];
  return el('div', { class: 'values' }, el('h3', {}, title),
    given.length > 0 ? table(head, given.map(row), { caption: `${title}: given` }) : el('p', { class: 'quiet' }, 'All at their defaults.'),
    rest.length > 0 ? el('details', {}, el('summary', {}, `${rest.length} at their defaults`), table(head, rest.map(row), { caption: `${title}: defaults` })) : null);
}

export function featureTable(caption: string, rows: Row[]): HTMLElement {
  if (rows.length === 0) return el('p', { class: 'quiet' }, 'Nothing.');
  return table(['#', 'What', 'Meaning or unit', 'Range'], rows.map((r) => [r.index, r.name, r.unit, r.range]), { caption });
}

export function settingTable(settings: Setting[]): HTMLElement {
  return table(['Setting', 'Default', 'Expected', 'Meaning'],
    settings.map((s) => [el('code', {}, s.key), el('code', {}, withUnit(s.default, s.unit)), s.expected, s.meaning]), { caption: 'Settings' });
}
