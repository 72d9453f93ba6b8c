import { el, setText } from './dom';
import { plural, whole, words } from './format';
import { layOut, membersIn, type Ribbon, type Ribbons, type SpeciesRow, speciesAt } from './ribbon';
import { watchTheme } from './theme';

const height = 220;
const mostColumns = 600;
const drawPause = 400;
// Neighbours by age get hues far apart.
const hueStep = 137.508;

/** The species of a population over the generations, as ribbons as wide as they have members. */
export class SpeciesChart {
  readonly element: HTMLElement;
  readonly #place = el('span', { class: 'chart-x' });
  readonly #canvas = el('canvas', { class: 'ribbons', tabindex: 0, role: 'img' });
  readonly #summary = el('p', { class: 'hint' });
  #rows: SpeciesRow[] = [];
  #ribbons: Ribbons = { iterations: [], totals: [], ribbons: [] };
  #iterationName = 'iteration';
  #timer = 0;
  #column: number | null = null;
  #marked: Ribbon | undefined;

  constructor(signal: AbortSignal) {
    this.element = el('figure', { class: 'chart card', hidden: true }, el('figcaption', {}, el('h3', {}, 'Species ', el('span', { class: 'unit' }, 'members')), this.#place), this.#canvas, this.#summary);
    this.#canvas.addEventListener('pointermove', (event) => {
      const box = this.#canvas.getBoundingClientRect();
      this.#point((event.clientX - box.left) / box.width, 1 - (event.clientY - box.top) / box.height);
    });
    this.#canvas.addEventListener('pointerleave', () => this.#leave());
    this.#canvas.addEventListener('blur', () => this.#leave());
    this.#canvas.addEventListener('keydown', (event) => this.#key(event));
    const resized = new ResizeObserver(() => this.#draw());
    resized.observe(this.#canvas);
    watchTheme(() => this.#draw(), signal);
    signal.addEventListener('abort', () => {
      resized.disconnect();
      window.clearTimeout(this.#timer);
    }, { once: true });
  }

  tell(iterationName: string | null): void {
    this.#iterationName = words(iterationName ?? 'iteration');
  }

  add(rows: SpeciesRow[], restart: boolean): void {
    this.#rows = restart ? rows : [...this.#rows, ...rows];
    if (this.#timer !== 0) return;
    this.#timer = window.setTimeout(() => {
      this.#timer = 0;
      this.#ribbons = layOut(this.#rows, mostColumns);
      this.element.hidden = this.#ribbons.iterations.length < 2;
      this.#column = null;
      this.#describe();
      this.#draw();
    }, drawPause);
  }

  #describe(): void {
    const { iterations, ribbons } = this.#ribbons;
    const last = iterations.length - 1;
    const now = this.#living(last);
    const text = `${plural(ribbons.length, 'species', 'species')} so far; ${now.length} in ${this.#iterationName} ${whole(iterations[last])}. The oldest lie at the bottom.`;
    setText(this.#summary, text);
    this.#canvas.setAttribute('aria-label', `Members of each species over the ${this.#iterationName}s. ${text} Left and right arrow keys go through the ${this.#iterationName}s, up and down through the species.`);
    this.#say();
  }

  #living(column: number): Ribbon[] {
    return this.#ribbons.ribbons.filter((ribbon) => membersIn(this.#ribbons, ribbon, column) > 0);
  }

  #point(across: number, up: number): void {
    const count = this.#ribbons.iterations.length;
    this.#column = Math.max(0, Math.min(count - 1, Math.round(across * (count - 1))));
    this.#marked = speciesAt(this.#ribbons, this.#column, up);
    this.#say();
    this.#draw();
  }

  #leave(): void {
    this.#column = null;
    this.#marked = undefined;
    this.#say();
    this.#draw();
  }

  #key(event: KeyboardEvent): void {
    const across = Number(event.key === 'ArrowRight') - Number(event.key === 'ArrowLeft');
    const up = Number(event.key === 'ArrowUp') - Number(event.key === 'ArrowDown');
    if (across === 0 && up === 0) return;
    event.preventDefault();
    const last = this.#ribbons.iterations.length - 1;
    const stride = Math.max(1, Math.round(last / 100)) * (event.shiftKey ? 10 : 1);
    this.#column = Math.max(0, Math.min(last, (this.#column ?? last) + across * stride));
    const living = this.#living(this.#column);
    const at = this.#marked ? living.indexOf(this.#marked) : -1;
    this.#marked = up === 0 ? living[at] : living[Math.max(0, Math.min(living.length - 1, at + up))];
    this.#say();
    this.#draw();
  }

  #say(): void {
    const column = this.#column;
    if (column === null) {
      setText(this.#place, '');
      return;
    }
    const { iterations, totals } = this.#ribbons;
    const when = `${this.#iterationName} ${whole(iterations[column])}`;
    setText(this.#place, this.#marked ? `${when} · species ${this.#marked.id}: ${whole(membersIn(this.#ribbons, this.#marked, column))} of ${whole(totals[column])} members` : `${when} · ${this.#living(column).length} species`);
  }

  #draw(): void {
    const width = Math.floor(this.#canvas.clientWidth);
    const context = this.#canvas.getContext('2d');
    if (width < 40 || !context || this.element.hidden) return;
    const density = Math.min(2, window.devicePixelRatio || 1);
    const [wide, high] = [Math.round(width * density), Math.round(height * density)];
    if (this.#canvas.width !== wide || this.#canvas.height !== high) {
      this.#canvas.width = wide;
      this.#canvas.height = high;
    }
    context.setTransform(density, 0, 0, density, 0, 0);
    context.clearRect(0, 0, width, height);
    const { iterations, ribbons } = this.#ribbons;
    const x = (column: number): number => (column / Math.max(1, iterations.length - 1)) * width;
    const y = (part: number): number => height - part * height;
    const dark = document.documentElement.dataset['theme'] === 'dark';
    for (const ribbon of ribbons) {
      const { id, first, low, high: top } = ribbon;
      context.beginPath();
      // It grows out of a point, and ends in one.
      context.moveTo(x(Math.max(0, first - 1)), y(low[0] ?? 0));
      low.forEach((part, k) => context.lineTo(x(first + k), y(part)));
      if (first + low.length < iterations.length) context.lineTo(x(first + low.length), y(low.at(-1) ?? 0));
      for (let k = top.length - 1; k >= 0; k--) context.lineTo(x(first + k), y(top[k] ?? 0));
      context.closePath();
      context.fillStyle = `hsl(${(id * hueStep) % 360} ${dark ? '38% 58%' : '42% 62%'} / ${this.#marked && this.#marked !== ribbon ? 0.45 : 1})`;
      context.fill();
      context.strokeStyle = context.fillStyle;
      context.lineWidth = 0.6;
      context.stroke();
    }
    if (this.#column === null) return;
    context.fillStyle = dark ? 'rgb(255 255 255 / 75%)' : 'rgb(0 0 0 / 65%)';
    context.fillRect(x(this.#column) - 0.5, 0, 1, height);
  }
}
