import { button, el, setText } from './dom';
import { whole, words } from './format';
import type { Run } from './types';

const showPause = 250;

/** A slider over the champions that a run keeps; at its end it follows the latest. */
export class ChampionSlider {
  readonly element: HTMLElement;
  readonly #range = el('input', { type: 'range', min: 0, step: 1, value: 0, 'aria-label': 'Champion of an earlier time' });
  readonly #text = el('p', { class: 'champion-when', role: 'status' });
  readonly #latest = button('Latest', () => this.#choose(this.#kept.length - 1), { kind: 'small' });
  #kept: number[] = [];
  #chosen: number | null = null;
  #timer = 0;
  #run: Run | null = null;

  /** `show` is told the iteration whose champion is to be shown; null for the latest. */
  constructor(private readonly show: (iteration: number | null) => void, signal: AbortSignal) {
    this.#range.addEventListener('input', () => this.#choose(Number(this.#range.value)));
    this.element = el('div', { class: 'champion-slider', hidden: true }, this.#range, el('div', { class: 'section-head' }, this.#text, this.#latest));
    signal.addEventListener('abort', () => window.clearTimeout(this.#timer), { once: true });
  }

  /** The iteration whose champion is shown; null for the latest. */
  get chosen(): number | null {
    return this.#chosen;
  }

  offer(run: Run, kept: number[]): void {
    this.#run = run;
    this.#kept = kept;
    this.element.hidden = kept.length < 2;
    this.#range.max = String(kept.length - 1);
    this.#write();
  }

  #choose(place: number): void {
    const iteration = place >= this.#kept.length - 1 ? null : (this.#kept[place] ?? null);
    if (iteration === this.#chosen) return;
    this.#chosen = iteration;
    this.#write();
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.show(iteration), showPause);
  }

  #write(): void {
    const at = this.#chosen === null ? this.#kept.length - 1 : this.#kept.indexOf(this.#chosen);
    this.#range.value = String(at);
    this.#range.style.setProperty('--shown', `${((100 * at) / Math.max(1, this.#kept.length - 1)).toFixed(1)}%`);
    const name = words(this.#run?.iterationName ?? 'iteration');
    const planned = this.#run?.plannedIterations ?? this.#run?.iteration ?? null;
    const text = `${name} ${whole(this.#kept[at])}${planned === null ? '' : ` of ${whole(planned)}`} · its champion`;
    setText(this.#text, text);
    this.#range.setAttribute('aria-valuetext', `${name} ${whole(this.#kept[at])}`);
    this.#latest.disabled = this.#chosen === null;
  }
}
