import { button, el, fill, icon, setText } from './dom';
import { duration, number, unitBeside, whole, withUnit, words } from './format';
import type { Frame } from './frame';
import { NetworkView } from './network';
import { type SceneChoice, SceneView } from './scene';
import { seedField, seedIn } from './seeds';
import type { SceneBegin } from './types';

export interface SceneCardOptions {
  /** Only the picture, a play button where it is paused, and one line of figures. */
  compact: boolean;
  aspect: number;
}

const speeds = [0.25, 0.5, 1, 2, 4, 8];
const textsPerSecond = 5;

/** A scene with its figures and, unless compact, its controls. */
export class SceneCard {
  readonly element: HTMLElement;
  readonly #view: SceneView;
  readonly #facts = el('dl', { class: 'scene-facts' });
  readonly #line = el('p', { class: 'scene-line' });
  readonly #last = el('p', { class: 'quiet scene-last' });
  readonly #play = button('', () => this.#view.pause(!this.#view.paused), { kind: 'round' });
  readonly #big = el('button', { type: 'button', class: 'scene-play', 'aria-label': 'Play' }, icon('play'));
  readonly #seed = seedField('Seed');
  readonly #network = new NetworkView();
  #cells = new Map<string, HTMLElement>();
  #begin: SceneBegin | null = null;
  #written = 0;

  constructor(private readonly options: SceneCardOptions, signal: AbortSignal) {
    this.#view = new SceneView({
      begin: (begin) => this.#began(begin),
      frame: (frame) => this.#write(frame),
      episode: (e) => setText(this.#last, `Episode ${e.number} (seed ${e.seed}) ended after ${duration(e.seconds)}: return ${number(e.return)}${this.#figures(e.figures)}.`),
      paused: () => this.#mark(),
    }, signal);
    this.#view.element.style.setProperty('--aspect', String(options.aspect));
    this.#big.addEventListener('click', () => this.#view.pause(false));
    const stage = el('div', { class: 'scene-stage' }, this.#view.element, this.#big);
    this.element = options.compact ? el('div', { class: 'scene-card compact' }, stage, this.#line) : el('div', { class: 'scene-card' }, stage, this.#controls(), this.#facts, this.#last, this.#network.element);
    this.#mark();
  }

  show(choice: SceneChoice): void {
    this.#seed.value = choice.seed;
    this.#view.show(choice);
  }

  fail(text: string): void {
    this.#view.fail(text);
  }

  #controls(): HTMLElement {
    const speed = el('select', { 'aria-label': 'Speed' }, ...speeds.map((s) => el('option', { value: s }, `${s} ×`)));
    speed.value = '1';
    speed.addEventListener('change', () => this.#view.speed(Number(speed.value)));
    const restart = (): void => {
      const seed = seedIn(this.#seed);
      if (seed !== null) this.#view.restart(seed);
    };
    this.#seed.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') restart();
    });
    return el('div', { class: 'scene-controls' }, this.#play, button('', () => this.#view.step(), { icon: 'step', kind: 'round', label: 'One step' }),
      el('label', { class: 'inline' }, 'Speed', speed), el('label', { class: 'inline' }, 'Seed', this.#seed), button('Restart', restart, { icon: 'restart' }));
  }

  #began(begin: SceneBegin): void {
    this.#begin = begin;
    if (!this.options.compact) this.#network.show(begin.network);
    if (document.activeElement !== this.#seed) this.#seed.value = begin.seed;
    this.#cells = new Map();
    const cell = (key: string, label: string, unit: string): HTMLElement => {
      const value = el('dd', {}, '–');
      this.#cells.set(key, value);
      return el('div', {}, el('dt', {}, label, unit ? el('span', { class: 'unit' }, ` ${unit}`) : null), value);
    };
    fill(this.#facts, cell('episode', 'episode', ''), cell('step', 'step', ''), cell('time', 'time', 's'), cell('return', 'return', ''),
      ...begin.figures.map((figure, i) => cell(`figure${i}`, words(figure.name), unitBeside(figure.name, figure.unit))));
    this.#mark();
  }

  /** Writes the figures a few times a second, which is as fast as they can be read. */
  #write(frame: Frame): void {
    if (!this.options.compact) this.#network.light(frame.activations);
    const now = performance.now();
    if (!this.#view.paused && now - this.#written < 1000 / textsPerSecond) return;
    this.#written = now;
    if (this.options.compact) {
      setText(this.#line, `episode ${frame.episode} · ${frame.seconds.toFixed(1)} s${this.#figures(frame.figures, 1) || ` · return ${number(frame.return)}`}`);
      return;
    }
    const put = (key: string, text: string): void => {
      const cell = this.#cells.get(key);
      if (cell) setText(cell, text);
    };
    put('episode', whole(frame.episode));
    put('step', whole(frame.step));
    put('time', frame.seconds.toFixed(1));
    put('return', number(frame.return));
    frame.figures.forEach((value, i) => put(`figure${i}`, number(value)));
  }

  #figures(values: ArrayLike<number>, most = 3): string {
    const figures = this.#begin?.figures ?? [];
    return figures.slice(0, most).map((figure, i) => ` · ${words(figure.name)} ${withUnit(number(values[i]), unitBeside(figure.name, figure.unit))}`).join('');
  }

  #mark(): void {
    const { paused } = this.#view;
    this.#big.hidden = !paused;
    const label = paused ? 'Play' : 'Pause';
    fill(this.#play, icon(paused ? 'play' : 'pause'));
    this.#play.setAttribute('aria-label', label);
    this.#play.title = label;
  }
}
