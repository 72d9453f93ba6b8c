import { el, setText } from './dom';
import { Frame } from './frame';
import { LiveSocket } from './live';
import type { SceneRenderer } from './renderer';
import { calm } from './theme';
import type { SceneBegin, SceneEpisode, SceneMessage } from './types';

export interface SceneChoice {
  world: string;
  policy: string;
  seed: number;
  settings?: string[];
}

export interface SceneEvents {
  begin?: (begin: SceneBegin) => void;
  frame?: (frame: Frame) => void;
  episode?: (episode: SceneEpisode) => void;
  paused?: (paused: boolean) => void;
}

const sharpest = 2;

/**
 * A policy at work: a canvas that keeps the aspect of what is shown, and the socket that feeds it. Frames are acknowledged when they have
 * been drawn; where the canvas cannot be seen none are, and the server waits.
 */
export class SceneView {
  readonly element: HTMLDivElement;
  readonly #canvas = el('canvas', { role: 'img', width: 16, height: 16 });
  readonly #note = el('p', { class: 'scene-note', role: 'status' });
  readonly #frame = new Frame();
  readonly #visible: IntersectionObserver;
  readonly #resized: ResizeObserver;
  #socket: LiveSocket | null = null;
  #closing = new AbortController();
  #renderer: SceneRenderer | null = null;
  #pending: ArrayBuffer | null = null;
  #waiting = 0;
  #inView = true;
  #aspect = 0;
  #drawn = false;
  #speed = 1;
  #paused = calm();
  #ended = false;

  constructor(private readonly events: SceneEvents, signal: AbortSignal) {
    this.element = el('div', { class: 'scene' }, this.#canvas, this.#note);
    this.#visible = new IntersectionObserver((entries) => {
      this.#inView = entries.at(-1)?.isIntersecting ?? true;
      this.#ask();
    });
    this.#visible.observe(this.element);
    this.#resized = new ResizeObserver(() => this.#fit());
    this.#resized.observe(this.element);
    document.addEventListener('visibilitychange', () => this.#ask(), { signal });
    signal.addEventListener('abort', () => this.#end(), { once: true });
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** Shows a policy from the beginning; what was shown before stays on the canvas until the first new frame. */
  show(choice: SceneChoice): void {
    this.#closing.abort();
    this.#closing = new AbortController();
    this.#pending = null;
    this.#canvas.setAttribute('aria-label', `${choice.world}, live`);
    if (!this.#drawn) this.#say('Waiting for the first picture …');
    const query = new URLSearchParams({ world: choice.world, policy: choice.policy, seed: String(choice.seed) });
    for (const setting of choice.settings ?? []) query.append('set', setting);
    this.#socket = new LiveSocket(`/live/scene?${query}`, {
      opened: () => this.#pace(),
      text: (message) => this.#text(message as SceneMessage),
      binary: (data) => {
        this.#pending = data;
        this.#ask();
      },
      refused: (reason) => this.#say(reason),
    }, this.#closing.signal);
  }

  pause(paused: boolean): void {
    this.#paused = paused;
    this.#pace();
    this.events.paused?.(paused);
  }

  speed(speed: number): void {
    this.#speed = speed;
    this.#pace();
  }

  step(): void {
    if (!this.#paused) this.pause(true);
    this.#socket?.send({ type: 'step' });
  }

  restart(seed: number): void {
    this.#socket?.send({ type: 'restart', seed });
  }

  /** A line in the scene's place. */
  fail(text: string): void {
    this.#closing.abort();
    this.#say(text);
  }

  #pace(): void {
    this.#socket?.send({ type: 'pace', speed: this.#speed, paused: this.#paused });
  }

  #text(message: SceneMessage): void {
    if (message.type === 'begin') this.events.begin?.(message);
    else if (message.type === 'episode') this.events.episode?.(message);
    else this.fail(message.error);
  }

  #ask(): void {
    if (this.#waiting === 0 && this.#pending && this.#inView && !document.hidden && !this.#ended) {
      this.#waiting = requestAnimationFrame(() => void this.#draw());
    }
  }

  async #draw(): Promise<void> {
    const data = this.#pending;
    if (!data) {
      this.#waiting = 0;
      return;
    }
    this.#pending = null;
    try {
      this.#frame.decode(data);
      this.#shape();
      if (!this.#renderer && !(await this.#start())) return;
      this.#renderer?.render(this.#frame);
    } catch (error) {
      this.fail(error instanceof Error ? error.message : String(error));
      return;
    } finally {
      this.#waiting = 0;
    }
    this.#socket?.send({ type: 'drawn', frame: this.#frame.number });
    if (!this.#note.hidden) this.#say('');
    this.#drawn = true;
    this.events.frame?.(this.#frame);
    this.#ask();
  }

  async #start(): Promise<boolean> {
    const { SceneRenderer } = await import('./renderer');
    if (this.#ended) return false;
    this.#fit();
    try {
      const renderer = await SceneRenderer.create(this.#canvas);
      if (this.#ended) {
        renderer.destroy();
        return false;
      }
      this.#renderer = renderer;
      return true;
    } catch {
      this.fail('This browser gives no WebGL, which scenes are drawn with.');
      return false;
    }
  }

  #shape(): void {
    const b = this.#frame.background;
    this.element.style.background = `rgb(${b & 255} ${(b >> 8) & 255} ${(b >> 16) & 255})`;
    if (Math.abs(this.#frame.aspect - this.#aspect) < 1e-3) return;
    this.#aspect = this.#frame.aspect;
    this.element.style.setProperty('--aspect', String(this.#aspect));
    this.element.dispatchEvent(new CustomEvent('aspect', { bubbles: true, detail: this.#aspect }));
    this.#fit();
  }

  #fit(): void {
    const density = Math.min(sharpest, window.devicePixelRatio || 1);
    const box = this.element.getBoundingClientRect();
    if (box.width < 2 || this.#aspect === 0) return;
    const width = Math.round(Math.min(box.width, box.height * this.#aspect) * density);
    const height = Math.round(width / this.#aspect);
    this.#canvas.style.width = `${width / density}px`;
    this.#canvas.style.height = `${height / density}px`;
    if (!this.#renderer) {
      this.#canvas.width = width;
      this.#canvas.height = height;
      return;
    }
    this.#renderer.resize(width, height);
    if (this.#drawn) this.#renderer.render(this.#frame);
  }

  #say(text: string): void {
    setText(this.#note, text);
    this.#note.hidden = text === '';
  }

  #end(): void {
    this.#ended = true;
    this.#closing.abort();
    cancelAnimationFrame(this.#waiting);
    this.#visible.disconnect();
    this.#resized.disconnect();
    this.#renderer?.destroy();
    this.#renderer = null;
  }
}
