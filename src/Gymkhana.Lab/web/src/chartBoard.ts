import { Chart, type ChartSeries } from './chart';
import { axes, type ChartGroup, columnLabel, endsOf, groupColumns } from './columns';
import { el, fill } from './dom';
import { Metrics, type Cells } from './metrics';
import type { World } from './types';

const drawPause = 400;

interface Shown {
  chart: Chart;
  /** The columns of its series, those of bands' ends among them. */
  columns: string[];
  more: boolean;
}

/** The charts of a run, sorted into groups by its columns; they follow while it trains. */
export class ChartBoard {
  readonly element: HTMLElement;
  readonly metrics = new Metrics();
  readonly #axis = el('select');
  readonly #main = el('div', { class: 'charts' });
  readonly #more = el('div', { class: 'charts small-charts' });
  readonly #details = el('details', { class: 'more-charts', hidden: true }, el('summary', {}, 'More curves'), this.#more);
  readonly #empty = el('p', { class: 'quiet' }, 'No curves yet.');
  readonly #note = el('p', { class: 'hint', hidden: true }, 'Bands are 95 % intervals of the mean over the validation episodes.');
  #charts: Shown[] = [];
  #known = '';
  #timer = 0;
  #iterationName = 'Iteration';
  #leaving = new AbortController();
  #world: World | undefined;

  constructor(private readonly signal: AbortSignal) {
    this.element = el('section', { class: 'board' },
      el('div', { class: 'section-head' }, el('h2', {}, 'Curves'), el('label', { class: 'inline' }, 'Along', this.#axis)), this.#empty, this.#note, this.#main, this.#details);
    this.#axis.addEventListener('change', () => this.#draw());
    this.#details.addEventListener('toggle', () => this.#draw());
    signal.addEventListener('abort', () => {
      window.clearTimeout(this.#timer);
      this.#leaving.abort();
    }, { once: true });
  }

  /** Tells what the columns mean: the world's figures, and what an iteration is called. */
  tell(world: World | undefined, iterationName: string | null): void {
    this.#world = world;
    this.#iterationName = iterationName ? iterationName[0]?.toUpperCase() + iterationName.slice(1) : 'Iteration';
    this.#known = '';
    this.#soon();
  }

  add(columns: string[], rows: Cells[], restart: boolean): void {
    this.metrics.add(columns, rows, restart);
    this.#soon();
  }

  #soon(): void {
    if (this.#timer !== 0 || this.signal.aborted) return;
    this.#timer = window.setTimeout(() => {
      this.#timer = 0;
      this.#draw();
    }, this.#known === '' ? 0 : drawPause);
  }

  #arrange(): void {
    const filled = [...this.metrics.columns].filter(([, cells]) => cells.some((cell) => cell !== null)).map(([name]) => name);
    const known = filled.join(' ');
    if (known === this.#known) return;
    this.#known = known;
    this.#leaving.abort();
    this.#leaving = new AbortController();
    const before = this.#axis.value;
    const usable = axes.filter(([column]) => filled.includes(column));
    fill(this.#axis, ...usable.map(([column, label]) => el('option', { value: column }, this.#axisLabel(column, label))));
    this.#axis.value = usable.some(([column]) => column === before) ? before : (usable[0]?.[0] ?? '');
    const { main, more } = groupColumns(filled, this.#world);
    const has = (name: string): boolean => filled.includes(name);
    const chart = (group: ChartGroup, isMore: boolean): Shown => {
      const columns: string[] = [];
      const series: ChartSeries[] = [];
      const bands: [number, number][] = [];
      group.columns.forEach((column, i) => {
        const tint = isMore ? 7 : i;
        columns.push(column);
        series.push({ label: columnLabel(column), tint });
        const ends = endsOf(column, has);
        if (!ends) return;
        bands.push([series.length, series.length + 1]);
        columns.push(...ends);
        series.push({ label: 'upper end', tint, rim: true }, { label: 'lower end', tint, rim: true });
      });
      this.#note.hidden &&= bands.length === 0;
      return { columns, more: isMore, chart: new Chart({ title: group.title, unit: group.unit, sync: 'run', height: isMore ? 150 : 220, series, bands }, this.#leaving.signal) };
    };
    this.#note.hidden = true;
    this.#charts = [...main.map((group) => chart(group, false)), ...more.map((group) => chart(group, true))];
    fill(this.#main, ...this.#charts.filter((c) => !c.more).map((c) => c.chart.element));
    fill(this.#more, ...this.#charts.filter((c) => c.more).map((c) => c.chart.element));
    this.#details.hidden = more.length === 0;
  }

  #draw(): void {
    this.#arrange();
    this.#empty.hidden = this.metrics.length > 0;
    const column = this.#axis.value || 'iteration';
    const x = this.metrics.along(column);
    const axis = { column, label: this.#axis.selectedOptions[0]?.text ?? 'Iteration' };
    for (const { chart, columns, more } of this.#charts) {
      if (more && !this.#details.open) continue;
      chart.update([x, ...columns.map((name) => this.metrics.column(name) ?? [])], axis);
    }
  }

  #axisLabel(column: string, label: string): string {
    return column === 'iteration' ? this.#iterationName : label;
  }
}
