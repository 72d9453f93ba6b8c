import { el, fill } from './dom';
import { Driver, legend } from './driver';
import type { DriveMode } from './drive';

/** The ways to drive to choose from, with their keys, and the one that drives now. */
export class Hands {
  /** The choice, where there is one. */
  readonly choice: HTMLElement;
  /** What the keys do. */
  readonly words = el('div', { class: 'hands-words' });
  /** The same, small, to lie on the picture. */
  readonly brief = el('div', { class: 'brief-keys', 'aria-hidden': 'true' });
  /** Buttons for a finger. */
  readonly pad = el('div', { class: 'pad-holder' });
  readonly #select: HTMLSelectElement;
  #driver: Driver | null = null;
  #hand = new AbortController();
  #on = false;

  constructor(private readonly modes: DriveMode[], private readonly target: HTMLElement, private readonly send: (action: number[]) => void, private readonly signal: AbortSignal) {
    this.#select = el('select', {}, ...modes.map((mode) => el('option', {}, mode.name)));
    this.#select.addEventListener('change', () => this.#take());
    this.choice = el('label', { class: 'inline', hidden: modes.length < 2 }, 'Way', this.#select);
    signal.addEventListener('abort', () => this.#hand.abort(), { once: true });
    this.#take();
  }

  start(): void {
    this.#on = true;
    this.#driver?.start();
  }

  stop(): void {
    this.#on = false;
    this.#driver?.stop();
  }

  #take(): void {
    const mode = this.modes[Math.max(0, this.#select.selectedIndex)];
    if (!mode || this.signal.aborted) return;
    this.#hand.abort();
    this.#hand = new AbortController();
    this.#driver = new Driver(mode, this.target, this.send, this.#hand.signal);
    fill(this.words, legend(mode), el('p', { class: 'hint' }, mode.about));
    fill(this.brief, legend(mode));
    fill(this.pad, this.#driver.pad);
    if (this.#on) this.#driver.start();
  }
}

/** Makes an element one that keys drive while it has the focus. */
export function forKeys(element: HTMLElement, label: string): void {
  element.tabIndex = 0;
  element.setAttribute('role', 'application');
  element.setAttribute('aria-label', label);
  element.classList.add('driven');
}

export function notForKeys(element: HTMLElement): void {
  for (const name of ['tabindex', 'role', 'aria-label']) element.removeAttribute(name);
  element.classList.remove('driven');
}
