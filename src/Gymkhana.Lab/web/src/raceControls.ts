import { button, el, fill, icon, setText } from './dom';
import { newSeed } from './seeds';
import type { RaceFrame } from './raceFrame';
import type { RaceView } from './raceView';

const speeds = [0.1, 0.25, 0.5, 1, 2, 4, 8];
const seekPause = 120;
// While somebody moves the bar it does not follow the race.
const handsOff = 700;

export interface RaceOrders {
  play: (play: boolean) => void;
  restart: (seed: string | null) => void;
}

/** What moves a race: play and pause, a step, the speed, a bar to go back and forth in. */
export class RaceControls {
  readonly element: HTMLElement;
  readonly #bar = el('input', { type: 'range', min: 0, max: 300, step: 1, value: 0, class: 'seek', 'aria-label': 'Time in the race, s' });
  readonly #time = el('output', { class: 'seek-time' }, '0.0 s');
  readonly #end = el('span', { class: 'quiet seek-time' });
  readonly #play: HTMLButtonElement;
  #moved = -Infinity;
  #timer = 0;

  constructor(private readonly view: RaceView, orders: RaceOrders, extra: HTMLElement[], signal: AbortSignal) {
    this.#play = button('', () => orders.play(view.paused), { kind: 'round' });
    const speed = el('select', { 'aria-label': 'Speed' }, ...speeds.map((s) => el('option', { value: s }, `${s} ×`)));
    speed.value = '1';
    speed.addEventListener('change', () => view.speed(Number(speed.value)));
    this.#bar.addEventListener('input', () => this.#seek());
    this.element = el('div', { class: 'race-controls' },
      el('div', { class: 'seek-line' }, this.#time, this.#bar, this.#end),
      el('div', { class: 'scene-controls' }, this.#play, button('', () => view.step(), { icon: 'step', kind: 'round', label: 'One step' }),
        button('', () => orders.restart(null), { icon: 'restart', kind: 'round', label: 'Restart' }),
        button('', () => orders.restart(newSeed()), { icon: 'dice', kind: 'round', label: 'New seed' }),
        el('label', { class: 'inline' }, 'Speed', speed), ...extra));
    signal.addEventListener('abort', () => window.clearTimeout(this.#timer), { once: true });
    this.mark();
  }

  begin(seconds: number): void {
    this.#bar.max = String(Math.ceil(seconds));
    setText(this.#end, `${seconds} s`);
    this.#known(0);
  }

  show(frame: RaceFrame): void {
    setText(this.#time, `${frame.seconds.toFixed(1)} s`);
    this.#known(frame.known);
    if (performance.now() - this.#moved < handsOff) return;
    this.#bar.value = String(frame.seconds);
    this.#bar.setAttribute('aria-valuetext', `${frame.seconds.toFixed(0)} s`);
    this.#fill();
  }

  mark(): void {
    const label = this.view.paused ? 'Play' : 'Pause';
    fill(this.#play, icon(this.view.paused ? 'play' : 'pause'));
    this.#play.setAttribute('aria-label', label);
    this.#play.title = label;
  }

  #seek(): void {
    this.#moved = performance.now();
    this.#fill();
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.view.seek(Number(this.#bar.value)), seekPause);
  }

  #known(seconds: number): void {
    this.#bar.style.setProperty('--known', `${((100 * Math.min(seconds, Number(this.#bar.max))) / Number(this.#bar.max)).toFixed(1)}%`);
  }

  #fill(): void {
    this.#bar.style.setProperty('--shown', `${((100 * Number(this.#bar.value)) / Number(this.#bar.max)).toFixed(1)}%`);
  }
}
