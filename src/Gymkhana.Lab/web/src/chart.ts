import uPlot from 'uplot';
import { el, fill, setText } from './dom';
import { duration, interval, number, short, tick } from './format';
import { colour, watchTheme } from './theme';

export interface ChartSeries {
  label: string;
  /** Which of the theme's eight colours. */
  tint: number;
  dashed?: boolean;
  /** A series without a line of its own, such as a band's rim. */
  rim?: boolean;
}

export interface ChartOptions {
  title: string;
  unit: string;
  series: ChartSeries[];
  /** Bands about a series, by places among `series`: upper end, which follows that series, and lower end. */
  bands?: [number, number][];
  height?: number;
  sync?: string;
  heading?: 'h2' | 'h3';
}

export type Axis = { column: string; label: string };

const font = '12px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';

/** Curves with a crosshair; the legend has the values at the crosshair, or the newest. */
export class Chart {
  readonly element: HTMLElement;
  readonly #legend: { value: HTMLElement; item: HTMLElement }[] = [];
  readonly #place = el('span', { class: 'chart-x' });
  readonly #holder = el('div', { class: 'chart-plot', tabindex: 0, role: 'img' });
  readonly #hidden = new Set<number>();
  #plot: uPlot | null = null;
  #data: uPlot.AlignedData = [[]];
  #axis: Axis = { column: 'iteration', label: 'Iteration' };
  #width = 0;

  constructor(private readonly options: ChartOptions, signal: AbortSignal) {
    const legend = el('ul', { class: 'legend' });
    options.series.forEach((series, i) => {
      const value = el('span', { class: 'legend-value' });
      const swatch = el('span', { class: `swatch${series.dashed ? ' dashed' : ''}` });
      swatch.style.color = `var(--c${series.tint % 8})`;
      const toggle = el('button', { type: 'button', class: 'legend-item', 'aria-pressed': 'true', title: 'Show or hide' }, swatch, el('span', { class: 'legend-label' }, series.label), value);
      toggle.addEventListener('click', () => this.#toggle(i, toggle));
      this.#legend.push({ value, item: toggle });
      if (!series.rim) legend.append(el('li', {}, toggle));
    });
    this.element = el('figure', { class: 'chart card' },
      el('figcaption', {}, el(options.heading ?? 'h3', {}, options.title, options.unit ? el('span', { class: 'unit' }, ` ${options.unit}`) : null), this.#place), legend, this.#holder);
    this.#holder.setAttribute('aria-label', `Curves: ${options.title}. Left and right arrow keys move the crosshair; the values are above.`);
    this.#holder.addEventListener('keydown', (event) => this.#key(event));
    const resized = new ResizeObserver(() => this.#fit());
    resized.observe(this.#holder);
    watchTheme(() => this.#rebuild(), signal);
    signal.addEventListener('abort', () => {
      resized.disconnect();
      this.#plot?.destroy();
      this.#plot = null;
    }, { once: true });
  }

  update(data: uPlot.AlignedData, axis: Axis): void {
    const fresh = axis.column !== this.#axis.column;
    this.#axis = axis;
    this.#data = data;
    if (!this.#plot || fresh) this.#rebuild();
    else this.#plot.setData(data, !this.#zoomed());
    this.#values();
  }

  #zoomed(): boolean {
    const x = this.#plot?.scales['x'];
    const all = this.#plot?.data[0];
    if (!x || !all || all.length < 2 || x.min === undefined || x.max === undefined) return false;
    return x.min > (all[0] ?? 0) || x.max < (all.at(-1) ?? 0);
  }

  #fit(): void {
    const width = Math.floor(this.#holder.clientWidth);
    if (width === this.#width || width < 40) return;
    this.#width = width;
    if (this.#plot) this.#plot.setSize({ width, height: this.options.height ?? 220 });
    else this.#rebuild();
  }

  #rebuild(): void {
    this.#plot?.destroy();
    this.#plot = null;
    fill(this.#holder);
    if (this.#width < 40 || (this.#data[0]?.length ?? 0) === 0) return;
    const quiet = colour('--quiet');
    const rim = colour('--grid');
    const axis: uPlot.Axis = { stroke: quiet, font, grid: { stroke: rim, width: 1 }, ticks: { show: false }, gap: 6 };
    const options: uPlot.Options = {
      width: this.#width,
      height: this.options.height ?? 220,
      legend: { show: false },
      padding: [10, 22, 0, 0],
      cursor: { points: { size: 7 }, drag: { x: true, y: false }, ...(this.options.sync ? { sync: { key: this.options.sync } } : {}) },
      scales: { x: { time: false }, y: { range: (_, low, high) => span(low, high) } },
      axes: [
        { ...axis, size: 30, values: (_, ticks) => ticks.map((value) => this.#along(value, true)) },
        { ...axis, size: (_, ticks) => 14 + 7 * Math.max(2, ...(ticks ?? []).map((text) => text.length)), values: (_, ticks) => ticks.map((value) => tick(value)) },
      ],
      series: [{}, ...this.options.series.map((series, i) => this.#series(series, i))],
      bands: (this.options.bands ?? []).map(([upper, lower]) => ({ series: [upper + 1, lower + 1], fill: `${colour(`--c${(this.options.series[upper]?.tint ?? 0) % 8}`)}38` })),
      hooks: { setCursor: [() => this.#values()] },
    };
    this.#plot = new uPlot(options, this.#data, this.#holder);
    this.#values();
  }

  #series(series: ChartSeries, i: number): uPlot.Series {
    const stroke = colour(`--c${series.tint % 8}`);
    const one: uPlot.Series = { label: series.label, width: series.rim ? 0 : 1.8, spanGaps: true, points: { show: (this.#data[0]?.length ?? 0) < 3 }, show: !this.#hidden.has(i) };
    if (!series.rim) one.stroke = stroke;
    if (series.dashed) one.dash = [5, 4];
    return one;
  }

  #along(x: number, isTick = false): string {
    if (this.#axis.column !== 'wallSeconds') return isTick ? tick(x) : short(x);
    return isTick && x >= 60 ? `${number(x / 60, 3)} min` : duration(x);
  }

  #toggle(i: number, toggle: HTMLElement): void {
    const shown = this.#hidden.delete(i);
    if (!shown) this.#hidden.add(i);
    toggle.setAttribute('aria-pressed', String(shown));
    this.#plot?.setSeries(i + 1, { show: shown });
    this.options.bands?.forEach(([upper, lower]) => {
      if (i !== upper - 1) return;
      this.#plot?.setSeries(upper + 1, { show: shown });
      this.#plot?.setSeries(lower + 1, { show: shown });
    });
  }

  /** Writes the values at the crosshair, or the newest where there is none: a series' last one up to there. */
  #values(): void {
    const xs = this.#data[0];
    const at = this.#plot?.cursor.idx ?? null;
    const index = at ?? xs.length - 1;
    const x = xs[index];
    setText(this.#place, x === undefined ? '' : `${at === null ? 'newest, ' : ''}${this.#axis.label.toLowerCase()} ${this.#along(x)}`);
    this.#legend.forEach(({ value }, i) => {
      const ends = this.options.bands?.find(([upper]) => upper === i + 1);
      const cells = this.#data[i + 1];
      let k = index;
      while (cells && k >= 0 && (cells[k] ?? null) === null) k--;
      setText(value, this.#value(cells?.[k], ends?.map((end) => this.#data[end + 1]?.[k])));
    });
  }

  #value(value: number | null | undefined, ends: (number | null | undefined)[] | undefined): string {
    if (value === null || value === undefined) return 'n/a';
    const [high, low] = ends ?? [];
    if (typeof low === 'number' && typeof high === 'number') {
      const { mean, bounds } = interval(value, low, high);
      return `${mean} ${bounds}`;
    }
    return Math.abs(value) >= 1e5 ? short(value) : number(value);
  }

  #key(event: KeyboardEvent): void {
    const move = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0;
    if (move === 0 || !this.#plot) return;
    event.preventDefault();
    const xs = this.#data[0];
    const stride = Math.max(1, Math.round(xs.length / 100)) * (event.shiftKey ? 10 : 1);
    const from = this.#plot.cursor.idx ?? xs.length - 1;
    const x = xs[Math.max(0, Math.min(xs.length - 1, from + move * stride))];
    if (x !== undefined) this.#plot.setCursor({ left: this.#plot.valToPos(x, 'x'), top: this.#plot.over.clientHeight / 2 });
  }
}

function span(low: number | null, high: number | null): [number, number] {
  if (low === null || high === null || !Number.isFinite(low) || !Number.isFinite(high)) return [0, 1];
  if (low === high) return [low - Math.max(1, Math.abs(low) * 0.1), high + Math.max(1, Math.abs(high) * 0.1)];
  const margin = (high - low) * 0.06;
  // Zero belongs to what lies near it.
  const bottom = low >= 0 && low < (high - low) * 0.6 ? 0 : low - margin;
  return [bottom, high + margin];
}
