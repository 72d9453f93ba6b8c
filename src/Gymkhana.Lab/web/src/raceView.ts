import { type Camera, closeUp, eased, wholePicture } from './camera';
import { Frame } from './frame';
import { LiveView } from './liveView';
import { type RaceChoice, raceQuery, you } from './raceChoice';
import { decodeRace, type RaceFrame } from './raceFrame';
import type { RaceRenderer } from './raceRenderer';
import { Sand } from './sand';
import { calm } from './theme';
import type { RaceBegin, RaceEnd, RaceMessage } from './types';

export interface RaceEvents {
  begin: (begin: RaceBegin) => void;
  frame: (frame: RaceFrame) => void;
  end: (end: RaceEnd) => void;
  paused: (paused: boolean) => void;
}

/** A race, looked at as a whole or following one walker. */
export class RaceView extends LiveView<RaceRenderer, RaceMessage> {
  readonly #scene = new Frame();
  #sand: Sand | null = null;
  #pending: { data: ArrayBuffer; race: RaceFrame } | null = null;
  #race: RaceFrame | null = null;
  #camera: Camera = { ...wholePicture };
  #followed: number | null = null;
  #drawnAt = 0;

  constructor(private readonly events: RaceEvents, signal: AbortSignal) {
    super(events.paused, signal);
    this.stage.canvas.setAttribute('aria-label', 'The race, seen from above');
  }

  show(choice: RaceChoice): void {
    this.#race = null;
    this.#followed = null;
    if (!this.ready) this.stage.say('Raking the sand …');
    const replayed = !choice.walkers.includes(you);
    // After a break the race goes on from where it was seen last.
    this.open(`/live/race?${raceQuery(choice)}`, () => {
      if (this.#race && replayed) this.seek(this.#race.seconds);
    });
  }

  seek(seconds: number): void {
    this.send({ type: 'seek', seconds });
  }

  /** Follows a walker closely; null looks at the whole square. */
  follow(walker: number | null): void {
    this.#followed = walker;
    this.stage.ask();
  }

  protected told(message: RaceMessage): void {
    if (message.type === 'begin') {
      this.#sand = new Sand(message.sand);
      this.events.begin(message);
    } else {
      this.events.end(message);
    }
  }

  /** Every frame changes the sand, also one that is overtaken by the next before it is drawn. */
  protected take(data: ArrayBuffer): void {
    try {
      const race = decodeRace(data);
      this.#sand?.change(race.grains);
      this.#pending = { data, race };
      this.stage.ask();
    } catch (error) {
      this.fail(error instanceof Error ? error.message : String(error));
    }
  }

  protected forget(): void {
    this.#pending = null;
  }

  protected async picture(): Promise<number | null> {
    const news = this.#pending;
    const sand = this.#sand;
    if (!sand || (!news && !this.#race)) return null;
    this.#pending = null;
    if (news) this.#scene.decode(news.data, news.race.sceneAt);
    this.#race = news?.race ?? this.#race;
    this.stage.shape(this.#scene.aspect);
    const renderer = await this.renderer(async () => (await import('./raceRenderer')).RaceRenderer);
    if (!renderer) return null;
    this.#look();
    renderer.render(sand, this.#scene, this.#camera);
    return news?.race.number ?? null;
  }

  protected drawn(): void {
    if (this.#race) this.events.frame(this.#race);
  }

  protected again(renderer: RaceRenderer): void {
    if (this.#sand && this.#race) renderer.render(this.#sand, this.#scene, this.#camera);
  }

  /** Moves the camera towards its goal, and asks for more pictures until it is there. */
  #look(): void {
    const now = performance.now();
    const seconds = Math.min(0.1, (now - this.#drawnAt) / 1000);
    this.#drawnAt = now;
    const runner = this.#followed === null ? undefined : this.#race?.runners[this.#followed];
    const goal = runner ? closeUp((runner.x - this.#scene.lowX) / this.#scene.width, (runner.y - this.#scene.lowY) / this.#scene.height) : wholePicture;
    this.#camera = calm() ? { ...goal } : eased(this.#camera, goal, seconds);
    if (this.#camera.x !== goal.x || this.#camera.y !== goal.y || this.#camera.zoom !== goal.zoom) this.stage.ask();
  }
}
