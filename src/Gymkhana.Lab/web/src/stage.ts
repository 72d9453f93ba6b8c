import { el, setText } from './dom';

const sharpest = 2;

export interface StageEvents {
  /** Draws what there is to draw; asked for at the next picture of the browser, and only where the canvas can be seen. */
  draw: () => Promise<void>;
  /** The canvas is to have another size, in pixels. */
  resize: (width: number, height: number) => void;
}

/** A canvas that keeps the aspect of what is shown, with a place for a word instead. */
export class Stage {
  readonly element: HTMLDivElement;
  readonly canvas = el('canvas', { role: 'img', width: 16, height: 16 });
  readonly #note = el('p', { class: 'scene-note', role: 'status' });
  readonly #visible: IntersectionObserver;
  readonly #resized: ResizeObserver;
  #asked = false;
  #waiting = 0;
  #inView = true;
  #aspect = 0;
  #ended = false;

  constructor(private readonly events: StageEvents, signal: AbortSignal) {
    this.element = el('div', { class: 'scene' }, this.canvas, this.#note);
    this.#visible = new IntersectionObserver((entries) => {
      this.#inView = entries.at(-1)?.isIntersecting ?? true;
      this.#wait();
    });
    this.#visible.observe(this.element);
    this.#resized = new ResizeObserver(() => this.fit());
    this.#resized.observe(this.element);
    document.addEventListener('visibilitychange', () => this.#wait(), { signal });
    signal.addEventListener('abort', () => {
      this.#ended = true;
      cancelAnimationFrame(this.#waiting);
      this.#visible.disconnect();
      this.#resized.disconnect();
    }, { once: true });
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Asks for a picture. */
  ask(): void {
    this.#asked = true;
    this.#wait();
  }

  /** A line in the picture's place; an empty one gives the picture back. */
  say(text: string): void {
    setText(this.#note, text);
    this.#note.hidden = text === '';
  }

  shape(aspect: number): void {
    if (Math.abs(aspect - this.#aspect) < 1e-3) return;
    this.#aspect = aspect;
    this.element.style.setProperty('--aspect', String(aspect));
    this.element.dispatchEvent(new CustomEvent('aspect', { bubbles: true, detail: aspect }));
    this.fit();
  }

  fit(): void {
    const density = Math.min(sharpest, window.devicePixelRatio || 1);
    const box = this.element.getBoundingClientRect();
    if (box.width < 2 || this.#aspect === 0) return;
    const width = Math.round(Math.min(box.width, box.height * this.#aspect) * density);
    const height = Math.round(width / this.#aspect);
    this.canvas.style.width = `${width / density}px`;
    this.canvas.style.height = `${height / density}px`;
    this.events.resize(width, height);
  }

  /** Makes what draws on the canvas; null where the page was left meanwhile. */
  async renderer<T extends { destroy: () => void }>(create: (canvas: HTMLCanvasElement) => Promise<T>): Promise<T | null> {
    if (this.#ended) return null;
    this.fit();
    let made: T;
    try {
      made = await create(this.canvas);
    } catch {
      throw new Error('This browser gives no WebGL, which scenes are drawn with.');
    }
    if (!this.#ended) return made;
    made.destroy();
    return null;
  }

  #wait(): void {
    if (this.#waiting !== 0 || !this.#asked || !this.#inView || document.hidden || this.#ended) return;
    this.#waiting = requestAnimationFrame(() => {
      this.#asked = false;
      void this.events.draw().finally(() => {
        this.#waiting = 0;
        this.#wait();
      });
    });
  }
}
