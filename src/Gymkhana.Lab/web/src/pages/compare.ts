import { getComparison, getLab, getRun, getRuns, runPath } from '../api';
import { Chart, type ChartSeries } from '../chart';
import { axes, columnLabel, endsOf, groupColumns } from '../columns';
import { band, curveOf, type Curve, join } from '../curves';
import { button, el, fill } from '../dom';
import { duration, missing, words } from '../format';
import { improvement } from '../improvement';
import { LiveSocket } from '../live';
import { Metrics } from '../metrics';
import { go, heading, type PageContext } from '../router';
import { iterations, scoreText, stateBadge } from '../runParts';
import { table } from '../tables';
import type { Run, RunDetail, RunMessage, Setting, World } from '../types';

interface Compared {
  name: string;
  metrics: Metrics;
  detail: RunDetail | null;
}

const most = 10;
const drawPause = 500;

export function comparePage({ main, signal, title }: PageContext): void {
  title('Compare · Gymkhana lab');
  const names = wanted(location.search);
  main.append(heading('Compare'));
  if (names.length === 0) {
    choose(main, signal);
    return;
  }
  const runs = names.map((name): Compared => ({ name, metrics: new Metrics(), detail: null }));
  const metric = el('select');
  const axis = el('select', {}, ...axes.map(([column, label]) => el('option', { value: column }, label)));
  const grouped = el('input', { type: 'checkbox' });
  const note = el('p', { class: 'hint' });
  const plot = el('div', { class: 'compare-plot' }, el('p', { class: 'quiet' }, 'Reading the curves …'));
  const tables = el('div', {});
  const chances = el('section', { class: 'card pad', hidden: true });
  main.append(el('div', { class: 'filters' }, el('label', { class: 'inline' }, 'Metric', metric), el('label', { class: 'inline' }, 'Along', axis),
    el('label', { class: 'inline' }, grouped, 'Group seeds'), el('a', { href: '/compare', class: 'button small' }, 'Other runs')), plot, note, tables, chances);

  let worlds: World[] = [];
  let chart: Chart | null = null;
  let shape = '';
  let timer = 0;
  let leaving = new AbortController();
  const draw = (): void => {
    timer = 0;
    if (signal.aborted) return;
    offerMetrics(metric, runs, worlds);
    const column = metric.value;
    if (!column) return;
    const parts = grouped.checked ? groups(runs) : runs.map((run) => [run]);
    const curves: Curve[] = [];
    const series: ChartSeries[] = [];
    const bands: [number, number][] = [];
    parts.forEach((part, tint) => {
      const own = part.map((run) => curveOf(run.metrics.along(axis.value), run.metrics.column(column))).filter((curve) => curve.x.length > 0);
      if (part.length === 1 || own.length < 2) {
        curves.push(own[0] ?? { x: [], y: [] });
        series.push({ label: part.map((run) => run.name).join(', '), tint, dashed: tint > 7 });
        const run = part.length === 1 ? part[0] : undefined;
        const ends = run ? endsOf(column, (name) => run.metrics.columns.has(name)) : null;
        if (!run || !ends) return;
        bands.push([series.length, series.length + 1]);
        curves.push(...ends.map((end) => curveOf(run.metrics.along(axis.value), run.metrics.column(end))));
        series.push({ label: 'upper end', tint, rim: true }, { label: 'lower end', tint, rim: true });
        return;
      }
      const { mean, low, high } = band(own);
      bands.push([series.length + 1, series.length + 2]);
      curves.push(mean, high, low);
      series.push({ label: `mean of ${own.length} seeds: ${part.map((run) => run.name).join(', ')}`, tint },
        { label: 'greatest', tint, rim: true }, { label: 'least', tint, rim: true });
    });
    const now = JSON.stringify([column, series, worlds.length]);
    if (now !== shape) {
      shape = now;
      leaving.abort();
      leaving = new AbortController();
      chart = new Chart({ title: words(column), unit: [unitOf(column, runs, worlds), columnLabel(column) === words(column) ? '' : columnLabel(column)].filter((part) => part !== '').join(', '), series, bands, height: 400, heading: 'h2' }, leaving.signal);
      fill(plot, chart.element);
    }
    chart?.update(join(curves), { column: axis.value, label: axis.selectedOptions[0]?.text ?? '' });
    const together = parts.some((part) => part.length > 1);
    note.textContent = !grouped.checked ? (bands.length > 0 ? 'Bands are 95 % intervals of the mean over the validation episodes.' : '') : together
      ? 'A line is the mean over the runs that differ in nothing but the seed; its band reaches from the least to the greatest. It ends where the shortest of them ends.'
      : 'No two of these runs have the same algorithm, world and settings.';
  };
  const soon = (): void => {
    if (timer === 0) timer = window.setTimeout(draw, chart ? drawPause : 60);
  };
  signal.addEventListener('abort', () => {
    window.clearTimeout(timer);
    leaving.abort();
  }, { once: true });
  for (const control of [metric, axis, grouped]) control.addEventListener('change', draw);

  const write = (): void => fill(tables, ...summary(runs));
  getLab(signal).then((lab) => {
    worlds = lab.worlds;
    soon();
  }, () => undefined);
  if (names.length > 1) {
    getComparison(names, signal).then((pairs) => {
      chances.hidden = false;
      fill(chances, el('h2', {}, 'Probability of improvement'), ...improvement(names, pairs));
    }, () => undefined);
  }
  for (const run of runs) {
    const socket = new LiveSocket(`/live/runs/${encodeURIComponent(run.name)}`, {
      text: (data) => {
        const message = data as RunMessage;
        if (message.type === 'metrics') {
          run.metrics.add(message.columns, message.rows, message.restart);
          soon();
        } else if (message.type === 'run' && run.detail) {
          Object.assign(run.detail, message.run);
          write();
        }
      },
      refused: (reason) => {
        note.textContent = reason;
      },
    }, signal);
    getRun(run.name, signal).then((detail) => {
      run.detail = detail;
      write();
      soon();
    }, () => {
      socket.close();
      write();
    });
  }
}

/** The names in `?runs=a,b`; read from the raw text, since a name may have a comma of its own. */
function wanted(search: string): string[] {
  const names = (/[?&]runs=([^&]*)/.exec(search)?.[1] ?? '').split(',').filter((part) => part !== '');
  return [...new Set(names.map((part) => {
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  }))].slice(0, most);
}

function offerMetrics(metric: HTMLSelectElement, runs: Compared[], worlds: World[]): void {
  const columns = new Set<string>();
  for (const run of runs) for (const [name, cells] of run.metrics.columns) if (cells.some((cell) => cell !== null)) columns.add(name);
  const { main, more } = groupColumns(columns, worlds.find((w) => w.id === runs[0]?.detail?.environment));
  const ordered = [...main, ...more].flatMap((group) => group.columns);
  const key = ordered.map((column) => `${column} ${runs.filter((run) => run.metrics.columns.has(column)).length}`).join(' ');
  if (metric.dataset['columns'] === key) return;
  metric.dataset['columns'] = key;
  const before = metric.value;
  const shared = ordered.find((column) => runs.every((run) => run.metrics.length === 0 || run.metrics.columns.has(column)));
  fill(metric, ...ordered.map((column) => {
    const having = runs.filter((run) => run.metrics.columns.has(column)).length;
    return el('option', { value: column }, `${words(column)}${having < runs.length ? ` (${having} of ${runs.length} runs)` : ''}`);
  }));
  metric.value = ordered.includes(before) ? before : (shared ?? ordered[0] ?? '');
}

function unitOf(column: string, runs: Compared[], worlds: World[]): string {
  const world = worlds.find((w) => w.id === runs[0]?.detail?.environment);
  const { main, more } = groupColumns([column], world);
  return [...main, ...more][0]?.unit ?? '';
}

const settingsOf = (detail: RunDetail): [string, Setting[]][] => [['', detail.algorithmSettings], ['world ', detail.environmentSettings], ['evaluation ', detail.evaluationSettings]];

/** Runs that differ in nothing but the seed, together. */
function groups(runs: Compared[]): Compared[][] {
  const same = new Map<string, Compared[]>();
  for (const run of runs) {
    const { detail } = run;
    const key = detail ? JSON.stringify([detail.algorithm, detail.environment, settingsOf(detail).map(([, list]) => list.map((s) => [s.key, s.value ?? s.default]).sort())]) : run.name;
    same.set(key, [...(same.get(key) ?? []), run]);
  }
  return [...same.values()];
}

function summary(runs: Compared[]): HTMLElement[] {
  const section = (name: string, content: HTMLElement): HTMLElement => el('section', { class: 'card pad' }, el('h2', {}, name), content);
  const dot = (i: number): HTMLElement => {
    const mark = el('span', { class: 'dot', 'aria-hidden': 'true' });
    mark.style.background = `var(--c${i % 8})`;
    return mark;
  };
  const link = (run: Compared, i: number): HTMLElement => el('span', { class: 'with-dot' }, dot(i), el('a', { href: runPath(run.name) }, run.name));
  const scores = table(['Run', 'State', 'Score, 95 % interval', 'Iteration', 'Time', 'Seed'], runs.map((run, i) => {
    const d = run.detail;
    return d ? [link(run, i), stateBadge(d), scoreText(d.score), iterations(d), duration(d.wallSeconds), d.seed ?? missing]
      : [link(run, i), missing, missing, missing, missing, missing];
  }), { numeric: [2, 3, 4, 5], caption: 'Scores' });
  const values = new Map<string, string[]>();
  const put = (key: string, i: number, value: string): void => {
    const row = values.get(key) ?? runs.map(() => missing);
    row[i] = value;
    values.set(key, row);
  };
  runs.forEach(({ detail }, i) => {
    if (!detail) return;
    put('algorithm', i, detail.algorithm ?? missing);
    put('world', i, detail.environment ?? missing);
    put('preset', i, detail.preset ?? 'none');
    put('seed', i, detail.seed ?? missing);
    for (const [prefix, list] of settingsOf(detail)) for (const s of list) put(prefix + s.key, i, s.value ?? s.default);
  });
  const different = [...values].filter(([, row]) => row.some((value) => value !== row[0]));
  return [section('Scores', scores), section('Settings that differ', different.length === 0 ? el('p', { class: 'quiet' }, 'None.')
    : table(['Setting', ...runs.map((run) => run.name)], different.map(([key, row]) => [el('code', {}, key), ...row.map((value) => el('code', {}, value))]), { caption: 'Settings that differ' }))];
}

/** Where nobody said which runs: a list to choose from. */
function choose(main: HTMLElement, signal: AbortSignal): void {
  const list = el('div', { class: 'choose card' }, el('p', { class: 'quiet' }, 'Reading the runs …'));
  const selected = new Set<string>();
  const start = button('Compare', () => go(`/compare?runs=${[...selected].map(encodeURIComponent).join(',')}`), { kind: 'primary' });
  start.disabled = true;
  main.append(el('p', { class: 'lead' }, `Choose 2 to ${most} runs; their curves come into one chart, their scores and settings into one table.`), list, el('div', { class: 'actions' }, start));
  const row = (run: Run): HTMLElement => {
    const box = el('input', { type: 'checkbox' });
    box.addEventListener('change', () => {
      if (box.checked && selected.size >= most) box.checked = false;
      else if (box.checked) selected.add(run.name);
      else selected.delete(run.name);
      start.disabled = selected.size < 2;
    });
    return el('label', { class: 'choose-row' }, box, el('b', {}, run.name), stateBadge(run), el('span', { class: 'quiet' }, `${run.algorithm ?? missing} · ${run.environment ?? missing}`), scoreText(run.score));
  };
  getRuns(signal).then((runs) => fill(list, ...(runs.length > 0 ? runs.filter((r) => r.state !== 'broken').map(row) : [el('p', { class: 'empty' }, 'No runs yet.')])),
    (error: unknown) => fill(list, el('p', { class: 'problem' }, String(error))));
}
