import { el, fill, setText } from './dom';
import { you } from './raceChoice';
import type { RaceFrame } from './raceFrame';
import { calm } from './theme';
import type { RaceBegin } from './types';

interface Line {
  row: HTMLTableRowElement;
  follow: HTMLButtonElement;
  place: HTMLElement;
  bar: HTMLElement;
  reached: HTMLElement;
  last: HTMLElement;
  order: number;
}

const swapMilliseconds = 420;

/** Who is where in a race; a click on a walker, or Enter, follows it. */
export class RaceTable {
  readonly element: HTMLElement;
  readonly #body = el('tbody');
  #lines: Line[] = [];
  #targets = 0;
  #followed: number | null = null;

  constructor(private readonly follow: (walker: number | null) => void) {
    const head = (text: string, numeric = false): HTMLElement => el('th', { scope: 'col', class: numeric ? 'num' : null }, text);
    this.element = el('div', { class: 'standings' }, el('table', {},
      el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, el('span', { class: 'hidden-text' }, 'Place')), head('Walker'), head('Targets', true), head('Last at', true))), this.#body));
  }

  begin(begin: RaceBegin): void {
    this.#targets = begin.targets;
    this.#followed = null;
    const names = namesOf(begin);
    this.#lines = begin.walkers.map((walker, i) => this.#line(i, names[i] ?? walker.name, walker.colour));
    fill(this.#body, ...this.#lines.map((line) => line.row));
  }

  show(frame: RaceFrame): void {
    frame.runners.forEach((runner, i) => {
      const line = this.#lines[i];
      if (!line) return;
      line.order = runner.place;
      setText(line.place, String(runner.place));
      setText(line.reached, this.#targets > 0 ? `${runner.reached} / ${this.#targets}` : String(runner.reached));
      setText(line.last, runner.last === null ? '–' : `${runner.last.toFixed(1)} s`);
      line.bar.style.transform = `scaleX(${this.#targets > 0 ? Math.min(1, runner.reached / this.#targets) : 0})`;
      line.row.classList.toggle('finished', runner.finished);
    });
    this.#sort();
  }

  /** Marks who is followed. */
  mark(walker: number | null): void {
    this.#followed = walker;
    this.#lines.forEach((line, i) => {
      line.row.classList.toggle('followed', i === walker);
      line.follow.setAttribute('aria-pressed', String(i === walker));
    });
  }

  #line(walker: number, name: string, colour: string): Line {
    const dot = el('span', { class: 'dot', 'aria-hidden': 'true' });
    dot.style.background = colour;
    const bar = el('span', { class: 'lane-bar' });
    bar.style.background = colour;
    bar.style.transform = 'scaleX(0)';
    const toggle = (): void => this.follow(this.#followed === walker ? null : walker);
    const follow = el('button', { type: 'button', class: 'follow', 'aria-pressed': 'false', title: 'Follow it' }, dot, el('span', {}, name));
    const [place, reached, last] = [el('td', { class: 'place' }), el('td', { class: 'num' }), el('td', { class: 'num' })];
    const row = el('tr', { onclick: toggle }, place, el('th', { scope: 'row' }, follow, el('span', { class: 'lane', 'aria-hidden': 'true' }, bar)), reached, last);
    return { row, follow, place, bar, reached, last, order: walker + 1 };
  }

  /** Brings the rows into the order of their places; rows that change place glide to the new one. */
  #sort(): void {
    const wanted = [...this.#lines].sort((a, b) => a.order - b.order);
    if (wanted.every((line, i) => this.#body.children[i] === line.row)) return;
    const before = new Map(this.#lines.map((line) => [line, line.row.offsetTop]));
    const focused = document.activeElement;
    this.#body.append(...wanted.map((line) => line.row));
    if (focused instanceof HTMLElement && this.#body.contains(focused)) focused.focus({ preventScroll: true });
    if (calm()) return;
    for (const [line, top] of before) {
      const way = top - line.row.offsetTop;
      if (way !== 0) line.row.animate([{ transform: `translateY(${way}px)` }, { transform: 'none' }], { duration: swapMilliseconds, easing: 'cubic-bezier(0.3, 0, 0.2, 1)' });
    }
  }
}

/** Names by which walkers can be told apart: equal ones are numbered. */
export function namesOf(begin: RaceBegin): string[] {
  const names = begin.walkers.map(({ id, name }) => (id === you ? 'You' : name));
  return names.map((name, i) => (names.filter((other) => other === name).length === 1 ? name : `${name} #${names.slice(0, i + 1).filter((other) => other === name).length}`));
}
