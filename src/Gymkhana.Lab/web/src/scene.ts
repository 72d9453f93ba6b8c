import { Frame } from './frame';
import { LiveView } from './liveView';
import type { SceneRenderer } from './renderer';
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

/** A policy at work. */
export class SceneView extends LiveView<SceneRenderer, SceneMessage> {
  readonly #frame = new Frame();
  #pending: ArrayBuffer | null = null;

  constructor(private readonly events: SceneEvents, signal: AbortSignal) {
    super(events.paused, signal);
  }

  /** Shows a policy from the beginning; what was shown before stays on the canvas until the first new frame. */
  show(choice: SceneChoice): void {
    this.stage.canvas.setAttribute('aria-label', `${choice.world}, live`);
    if (!this.ready) this.stage.say('Waiting for the first picture …');
    const query = new URLSearchParams({ world: choice.world, policy: choice.policy, seed: choice.seed });
    for (const setting of choice.settings ?? []) query.append('set', setting);
    if (choice.drive !== undefined) query.set('drive', choice.drive);
    this.open(`/live/scene?${query}`);
  }

  protected told(message: SceneMessage): void {
    if (message.type === 'begin') this.events.begin?.(message);
    else this.events.episode?.(message);
  }

  protected take(data: ArrayBuffer): void {
    this.#pending = data;
    this.stage.ask();
  }

  protected forget(): void {
    this.#pending = null;
  }

  protected async picture(): Promise<number | null> {
    const data = this.#pending;
    if (!data) return null;
    this.#pending = null;
    this.#frame.decode(data);
    const b = this.#frame.background;
    this.element.style.background = `rgb(${b & 255} ${(b >> 8) & 255} ${(b >> 16) & 255})`;
    this.stage.shape(this.#frame.aspect);
    const renderer = await this.renderer(async () => (await import('./renderer')).SceneRenderer);
    if (!renderer) return null;
    renderer.render(this.#frame);
    return this.#frame.number;
  }

  protected drawn(): void {
    this.events.frame?.(this.#frame);
  }

  protected again(renderer: SceneRenderer): void {
    renderer.render(this.#frame);
  }
}
