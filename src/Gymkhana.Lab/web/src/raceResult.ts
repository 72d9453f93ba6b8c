import { button, el, fill, icon } from './dom';
import { plural } from './format';
import { namesOf } from './raceTable';
import type { RaceBegin, RaceEnd } from './types';

/** How a race has ended: who won, and when the others came in. */
export class RaceResult {
  readonly element = el('section', { class: 'race-result', hidden: true, 'aria-label': 'Result', role: 'status' });
  #begin: RaceBegin | null = null;
  #known = false;
  #closed = false;

  constructor(private readonly again: () => void) {}

  begin(begin: RaceBegin): void {
    this.#begin = begin;
    this.#known = false;
    this.show(false);
  }

  end(end: RaceEnd): void {
    const begin = this.#begin;
    const first = end.ranking[0];
    if (!begin || !first) return;
    this.#known = true;
    const names = namesOf(begin);
    const nameOf = (walker: number): string => names[walker] ?? '';
    const dot = (walker: number): HTMLElement => {
      const mark = el('span', { class: 'dot', 'aria-hidden': 'true' });
      mark.style.background = begin.walkers[walker]?.colour ?? '';
      return mark;
    };
    const all = begin.targets > 0 && first.reached >= begin.targets;
    const winner = nameOf(first.walker);
    const title = first.reached === 0 ? 'Nobody reached a target' : end.ranking.length === 1 ? winner : `${winner} ${winner === 'You' ? 'win' : 'wins'}`;
    const line = first.reached === 0 ? `${end.seconds.toFixed(1)} s` : all ? `${plural(first.reached, 'target')} in ${(first.seconds ?? end.seconds).toFixed(1)} s` : `${plural(first.reached, 'target')}; time was up after ${end.seconds.toFixed(0)} s`;
    fill(this.element,
      button('', () => this.#close(), { icon: 'close', kind: 'round result-close', label: 'Close the result' }),
      el('h2', {}, icon('flag'), title), el('p', { class: 'result-line' }, line),
      el('ol', { class: 'ranking' }, ...end.ranking.map((one) => el('li', {}, dot(one.walker), el('span', { class: 'ranking-name' }, nameOf(one.walker)),
        el('span', { class: 'ranking-figures' }, `${one.reached}${begin.targets > 0 ? ` / ${begin.targets}` : ''}${one.seconds === null ? '' : ` · ${one.seconds.toFixed(1)} s`}`)))),
      button('Once more', this.again, { icon: 'restart', kind: 'small' }));
  }

  /** Shown while the end is. */
  show(over: boolean): void {
    if (!over) this.#closed = false;
    this.element.hidden = !over || !this.#known || this.#closed;
  }

  #close(): void {
    this.#closed = true;
    this.element.hidden = true;
  }
}
