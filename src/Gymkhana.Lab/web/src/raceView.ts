import { type Camera, closeUp, eased, wholePicture } from './camera';
import { Frame } from './frame';
import { LiveSocket } from './live';
import { type RaceChoice, raceQuery, you } from './raceChoice';
import { decodeRace, type RaceFrame } from './raceFrame';
import type { RaceRenderer } from './raceRenderer';
import { Sand } from './sand';
import { Stage } from './stage';
import { calm } from './theme';
import type { RaceBegin, RaceEnd, RaceMessage } from './types';

export interface RaceEvents {
  begin: (begin: RaceBegin) => void;
  frame: (frame: RaceFrame) => void;
  end: (end: RaceEnd) => void;
  paused: (paused: boolean) => void;
}

/** A race: a canvas that is looked at as a whole or follows one walker, and the socket that feeds it. */
export class RaceView {
  readonly #stage: Stage;
  readonly #scene = new Frame();
  #sand: Sand | null = null;
  #socket: LiveSocket | null = null;
  #closing = new AbortController();
  #renderer: RaceRenderer | null = null;
  #pending: { data: ArrayBuffer; race: RaceFrame } | null = null;
  #race: RaceFrame | null = null;
  #camera: Camera = { ...wholePicture };
  #followed: number | null = null;
  #drawnAt = 0;
  #speed = 1;
  #paused = calm();

  constructor(private readonly events: RaceEvents, signal: AbortSignal) {
    this.#stage = new Stage({ draw: () => this.#draw(), resize: (width, height) => this.#resize(width, height) }, signal);
    this.#stage.canvas.setAttribute('aria-label', 'The race, seen from above');
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

  show(choice: RaceChoice): void {
    this.#closing.abort();
    this.#closing = new AbortController();
    this.#pending = null;
    this.#race = null;
    this.#followed = null;
    if (!this.#renderer) this.#stage.say('Raking the sand …');
    const replayed = !choice.walkers.includes(you);
    this.#socket = new LiveSocket(`/live/race?${raceQuery(choice)}`, {
      opened: () => {
        this.#pace();
        // After a break the race goes on from where it was seen last.
        if (this.#race && replayed) this.seek(this.#race.seconds);
      },
      text: (message) => this.#text(message as RaceMessage),
      binary: (data) => this.#take(data),
      refused: (reason) => this.#stage.say(reason),
    }, this.#closing.signal);
  }

  fail(text: string): void {
    this.#closing.abort();
    this.#pending = null;
    this.#stage.say(text);
  }

  pause(paused: boolean): void {
    this.#paused = paused;
    this.#pace();
    this.events.paused(paused);
  }

  speed(speed: number): void {
    this.#speed = speed;
    this.#pace();
  }

  step(): void {
    if (!this.#paused) this.pause(true);
    this.#socket?.send({ type: 'step' });
  }

  seek(seconds: number): void {
    this.#socket?.send({ type: 'seek', seconds });
  }

  restart(seed: string): void {
    this.#socket?.send({ type: 'restart', seed });
  }

  drive(action: readonly number[]): void {
    this.#socket?.send({ type: 'drive', action });
  }

  /** Follows a walker closely; null looks at the whole square. */
  follow(walker: number | null): void {
    this.#followed = walker;
    this.#stage.ask();
  }

  #pace(): void {
    this.#socket?.send({ type: 'pace', speed: this.#speed, paused: this.#paused });
  }

  #text(message: RaceMessage): void {
    if (message.type === 'begin') {
      this.#sand = new Sand(message.sand);
      this.events.begin(message);
    } else if (message.type === 'end') this.events.end(message);
    else this.fail(message.error);
  }

  /** Every frame changes the sand, also one that is overtaken by the next before it is drawn. */
  #take(data: ArrayBuffer): void {
    try {
      const race = decodeRace(data);
      this.#sand?.change(race.grains);
      this.#pending = { data, race };
      this.#stage.ask();
    } catch (error) {
      this.fail(error instanceof Error ? error.message : String(error));
    }
  }

  async #draw(): Promise<void> {
    const news = this.#pending;
    const sand = this.#sand;
    if (!sand || (!news && !this.#race)) return;
    this.#pending = null;
    try {
      if (news) this.#scene.decode(news.data, news.race.sceneAt);
      this.#race = news?.race ?? this.#race;
      this.#stage.shape(this.#scene.aspect);
      if (!this.#renderer) {
        const { RaceRenderer } = await import('./raceRenderer');
        this.#renderer = await this.#stage.renderer((canvas) => RaceRenderer.create(canvas));
      }
      if (!this.#renderer) return;
      this.#look();
      this.#renderer.render(sand, this.#scene, this.#camera);
    } catch (error) {
      this.fail(error instanceof Error ? error.message : String(error));
      return;
    }
    if (!news) return;
    this.#socket?.send({ type: 'drawn', frame: news.race.number });
    this.#stage.say('');
    this.events.frame(news.race);
  }

  /** Moves the camera towards its goal, and asks for more pictures until it is there. */
  #look(): void {
    const now = performance.now();
    const seconds = Math.min(0.1, (now - this.#drawnAt) / 1000);
    this.#drawnAt = now;
    const runner = this.#followed === null ? undefined : this.#race?.runners[this.#followed];
    const goal = runner ? closeUp((runner.x - this.#scene.lowX) / this.#scene.width, (runner.y - this.#scene.lowY) / this.#scene.height) : wholePicture;
    this.#camera = calm() ? { ...goal } : eased(this.#camera, goal, seconds);
    if (this.#camera.x !== goal.x || this.#camera.y !== goal.y || this.#camera.zoom !== goal.zoom) this.#stage.ask();
  }

  #resize(width: number, height: number): void {
    if (!this.#renderer) {
      this.#stage.canvas.width = width;
      this.#stage.canvas.height = height;
      return;
    }
    this.#renderer.resize(width, height);
    if (this.#sand && this.#race) this.#renderer.render(this.#sand, this.#scene, this.#camera);
  }
}
