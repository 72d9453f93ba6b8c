import { Frame } from './frame';
import { LiveSocket } from './live';
import type { SceneRenderer } from './renderer';
import { Stage } from './stage';
import { calm } from './theme';
import type { SceneBegin, SceneEpisode, SceneMessage } from './types';

export interface SceneChoice {
  world: string;
  policy: string;
  seed: string;
  settings?: string[];
  /** The agent that does what `SceneView.drive` says. */
  drive?: string;
}

export interface SceneEvents {
  begin?: (begin: SceneBegin) => void;
  frame?: (frame: Frame) => void;
  episode?: (episode: SceneEpisode) => void;
  paused?: (paused: boolean) => void;
}

/**
 * A policy at work: a canvas, and the socket that feeds it. Frames are acknowledged when they have been drawn; where the canvas cannot be
 * seen none are, and the server waits.
 */
export class SceneView {
  readonly #stage: Stage;
  readonly #frame = new Frame();
  #socket: LiveSocket | null = null;
  #closing = new AbortController();
  #renderer: SceneRenderer | null = null;
  #pending: ArrayBuffer | null = null;
  #drawn = false;
  #speed = 1;
  #paused = calm();

  constructor(private readonly events: SceneEvents, signal: AbortSignal) {
    this.#stage = new Stage({ draw: () => this.#draw(), resize: (width, height) => this.#resize(width, height) }, signal);
    signal.addEventListener('abort', () => {
      this.#closing.abort();
      this.#renderer?.destroy();
      this.#renderer = null;
    }, { once: true });
  }

  get element(): HTMLElement {
    return this.#stage.element;
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** Shows a policy from the beginning; what was shown before stays on the canvas until the first new frame. */
  show(choice: SceneChoice): void {
    this.#closing.abort();
    this.#closing = new AbortController();
    this.#pending = null;
    this.#stage.canvas.setAttribute('aria-label', `${choice.world}, live`);
    if (!this.#drawn) this.#stage.say('Waiting for the first picture …');
    const query = new URLSearchParams({ world: choice.world, policy: choice.policy, seed: choice.seed });
    for (const setting of choice.settings ?? []) query.append('set', setting);
    if (choice.drive !== undefined) query.set('drive', choice.drive);
    this.#socket = new LiveSocket(`/live/scene?${query}`, {
      opened: () => this.#pace(),
      text: (message) => this.#text(message as SceneMessage),
      binary: (data) => {
        this.#pending = data;
        this.#stage.ask();
      },
      refused: (reason) => this.#stage.say(reason),
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

  restart(seed: string): void {
    this.#socket?.send({ type: 'restart', seed });
  }

  drive(action: readonly number[]): void {
    this.#socket?.send({ type: 'drive', action });
  }

  /** Leaves the picture as it is. */
  freeze(): void {
    this.#closing.abort();
    this.#pending = null;
  }

  /** A line in the scene's place. */
  fail(text: string): void {
    this.#closing.abort();
    this.#pending = null;
    this.#stage.say(text);
  }

  #pace(): void {
    this.#socket?.send({ type: 'pace', speed: this.#speed, paused: this.#paused });
  }

  #text(message: SceneMessage): void {
    if (message.type === 'begin') this.events.begin?.(message);
    else if (message.type === 'episode') this.events.episode?.(message);
    else this.fail(message.error);
  }

  async #draw(): Promise<void> {
    const data = this.#pending;
    if (!data) return;
    this.#pending = null;
    try {
      this.#frame.decode(data);
      const b = this.#frame.background;
      this.element.style.background = `rgb(${b & 255} ${(b >> 8) & 255} ${(b >> 16) & 255})`;
      this.#stage.shape(this.#frame.aspect);
      if (!this.#renderer) {
        const { SceneRenderer } = await import('./renderer');
        this.#renderer = await this.#stage.renderer((canvas) => SceneRenderer.create(canvas));
      }
      if (!this.#renderer) return;
      this.#renderer.render(this.#frame);
    } catch (error) {
      this.fail(error instanceof Error ? error.message : String(error));
      return;
    }
    this.#socket?.send({ type: 'drawn', frame: this.#frame.number });
    this.#stage.say('');
    this.#drawn = true;
    this.events.frame?.(this.#frame);
  }

  #resize(width: number, height: number): void {
    if (!this.#renderer) {
      this.#stage.canvas.width = width;
      this.#stage.canvas.height = height;
      return;
    }
    this.#renderer.resize(width, height);
    if (this.#drawn) this.#renderer.render(this.#frame);
  }
}
