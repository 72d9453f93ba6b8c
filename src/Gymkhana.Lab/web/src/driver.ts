import { el } from './dom';
import type { DriveMode, Hand } from './drive';

const longestPause = 0.1;

/** Drives by keys while its element has the focus, and by buttons for a finger: gives each action that differs from the last. */
export class Driver {
  /** Buttons, shown where there is no fine pointer. */
  readonly pad: HTMLElement;
  readonly #held = new Set<string>();
  readonly #buttons = new Map<string, HTMLElement>();
  #hand: Hand;
  #waiting = 0;
  #last = '';
  #asked = 0;
  #on = false;

  constructor(readonly mode: DriveMode, private readonly element: HTMLElement, private readonly send: (action: number[]) => void, signal: AbortSignal) {
    this.#hand = mode.hand();
    this.pad = el('div', { class: 'pad-buttons', role: 'group', 'aria-label': 'Buttons for driving' }, ...mode.keys.map((key) => this.#button(key.code, key.cap, key.does)));
    this.pad.dataset['count'] = String(mode.keys.length);
    element.addEventListener('keydown', (event) => this.#key(event, true), { signal });
    element.addEventListener('keyup', (event) => this.#key(event, false), { signal });
    element.addEventListener('blur', () => this.#release(), { signal });
    window.addEventListener('blur', () => this.#release(), { signal });
    signal.addEventListener('abort', () => this.stop(), { once: true });
  }

  /** Acts from now on, and tells the first action at once. */
  start(): void {
    this.#on = true;
    this.#hand = this.mode.hand();
    this.#last = '';
    this.#asked = performance.now();
    if (this.#waiting === 0) this.#act();
  }

  stop(): void {
    this.#on = false;
    cancelAnimationFrame(this.#waiting);
    this.#waiting = 0;
    this.#release();
  }

  #act(): void {
    const now = performance.now();
    const action = this.#hand(this.#held, Math.min(longestPause, (now - this.#asked) / 1000));
    this.#asked = now;
    const told = action.join();
    if (told !== this.#last) {
      this.#last = told;
      this.send(action);
    }
    this.#waiting = requestAnimationFrame(() => this.#act());
  }

  #key(event: KeyboardEvent, down: boolean): void {
    if (!this.#on || event.target !== this.element || event.ctrlKey || event.metaKey || event.altKey || !this.#buttons.has(event.code)) return;
    event.preventDefault();
    this.#hold(event.code, down);
  }

  #hold(code: string, down: boolean): void {
    if (down) this.#held.add(code);
    else this.#held.delete(code);
    this.#buttons.get(code)?.classList.toggle('held', down);
  }

  #release(): void {
    for (const code of [...this.#held]) this.#hold(code, false);
  }

  #button(code: string, cap: string, does: string): HTMLElement {
    const button = el('button', { type: 'button', class: 'pad-button', tabindex: -1, 'aria-label': does }, cap);
    button.dataset['code'] = code;
    button.addEventListener('pointerdown', (event) => {
      event.preventDefault();
      button.setPointerCapture(event.pointerId);
      if (document.activeElement !== this.element) this.element.focus({ preventScroll: true });
      this.#hold(code, true);
    });
    for (const end of ['pointerup', 'pointercancel', 'lostpointercapture']) button.addEventListener(end, () => this.#hold(code, false));
    button.addEventListener('contextmenu', (event) => event.preventDefault());
    this.#buttons.set(code, button);
    return button;
  }
}

/** What the keys do. */
export function legend(mode: DriveMode): HTMLElement {
  return el('ul', { class: 'keys' }, ...mode.keys.map((key) => el('li', {}, el('kbd', {}, key.cap), key.does)));
}
