import { el, setText } from './dom';
import { number, unitBeside, withUnit, words } from './format';
import type { Frame } from './frame';
import { type SceneChoice, SceneView } from './scene';
import type { SceneBegin, SceneEpisode } from './types';

const textsPerSecond = 5;
const mostFigures = 3;

/** One of two who play side by side: a scene that waits for its start, is played for one episode, and then has a result. */
export class Lane {
  readonly element: HTMLElement;
  readonly view: SceneView;
  readonly #name = el('h3', {});
  readonly #line = el('p', { class: 'scene-line' });
  #begin: SceneBegin | null = null;
  #result: SceneEpisode | null = null;
  #ready = false;
  #written = 0;

  constructor(private readonly withReturn: boolean, private readonly events: { ready: () => void; ended: () => void }, signal: AbortSignal) {
    this.view = new SceneView({
      begin: (begin) => {
        this.#begin = begin;
      },
      frame: (frame) => this.#frame(frame),
      episode: (episode) => this.#end(episode),
    }, signal);
    this.element = el('div', { class: 'lane-card' }, this.#name, this.view.element, this.#line);
  }

  get begin(): SceneBegin | null {
    return this.#begin;
  }

  /** How its episode has ended; null before. */
  get result(): SceneEpisode | null {
    return this.#result;
  }

  get ready(): boolean {
    return this.#ready;
  }

  get name(): string {
    return this.#name.textContent ?? '';
  }

  /** Shows the first picture, and waits. */
  await(name: string, choice: SceneChoice): void {
    setText(this.#name, name);
    setText(this.#line, '');
    this.#begin = null;
    this.#result = null;
    this.#ready = false;
    this.view.pause(true);
    this.view.show(choice);
  }

  /** Plays until the episode has ended. */
  play(on: boolean): void {
    this.view.pause(!on);
  }

  #frame(frame: Frame): void {
    if (!this.#ready) {
      this.#ready = true;
      this.events.ready();
    }
    const now = performance.now();
    if (this.#result || (!this.view.paused && now - this.#written < 1000 / textsPerSecond)) return;
    this.#written = now;
    this.#write(frame.seconds, frame.return, frame.figures);
  }

  #end(episode: SceneEpisode): void {
    if (this.#result) return;
    this.#result = episode;
    this.view.freeze();
    this.#write(episode.seconds, episode.return, episode.figures);
    this.events.ended();
  }

  #write(seconds: number, sum: number, figures: ArrayLike<number>): void {
    const parts = (this.#begin?.figures ?? []).slice(0, mostFigures).map((figure, i) => `${words(figure.name)} ${withUnit(number(figures[i]), unitBeside(figure.name, figure.unit))}`);
    setText(this.#line, [`${seconds.toFixed(1)} s`, ...(this.withReturn ? [`return ${number(sum, 3)}`] : []), ...parts].join(' · '));
  }
}
