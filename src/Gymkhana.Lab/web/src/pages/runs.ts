import { runPath } from '../api';
import { button, el, fill, setText } from '../dom';
import { ago, date, duration, missing, plural, whole } from '../format';
import { LiveSocket } from '../live';
import { mostWalkers, racePath, raceWorld } from '../raceChoice';
import { go, heading, type PageContext } from '../router';
import { runActions } from '../runActions';
import { iterations, progressBar, scoreText, stateBadge } from '../runParts';
import { openStartDialog } from '../startDialog';
import type { Run, RunsMessage } from '../types';

interface Column {
  key: string;
  title: string;
  numeric?: boolean;
  value: (run: Run) => string | number;
  cell: (run: Run) => Node | string;
}

const most = 10;
const stateOrder = ['running', 'stopped', 'finished', 'broken'];
const columns: Column[] = [
  { key: 'name', title: 'Name', value: (r) => r.name.toLowerCase(), cell: nameCell },
  { key: 'environment', title: 'World', value: (r) => r.environment ?? '', cell: (r) => (r.environment ? el('a', { href: `/worlds/${encodeURIComponent(r.environment)}` }, r.environment) : missing) },
  { key: 'algorithm', title: 'Algorithm', value: (r) => r.algorithm ?? '', cell: (r) => el('div', {}, r.algorithm ?? missing, r.preset ? el('div', { class: 'hint' }, r.preset) : null) },
  { key: 'state', title: 'State', value: (r) => stateOrder.indexOf(r.state), cell: stateBadge },
  { key: 'score', title: 'Score, 95 % interval', numeric: true, value: (r) => r.score?.mean ?? -Infinity, cell: (r) => scoreText(r.score) },
  { key: 'iteration', title: 'Iteration', numeric: true, value: (r) => r.iteration ?? -1, cell: (r) => el('div', { class: 'iteration' }, el('span', {}, iterations(r)), progressBar(r)) },
  { key: 'time', title: 'Time', numeric: true, value: (r) => r.wallSeconds ?? -1, cell: (r) => duration(r.wallSeconds) },
  { key: 'seed', title: 'Seed', numeric: true, value: (r) => Number(r.seed ?? -1), cell: (r) => r.seed ?? missing },
  { key: 'created', title: 'Created', numeric: true, value: (r) => Date.parse(r.created ?? '') || 0, cell: (r) => el('span', { title: date(r.created) }, ago(r.created)) },
];

function nameCell(run: Run): Node {
  return el('div', { class: 'name-cell' }, el('a', { href: runPath(run.name) }, run.name), run.problem ? el('span', { class: 'problem-line' }, run.problem) : null);
}

export function runsPage({ main, query, signal, title }: PageContext): void {
  title('Runs · Gymkhana lab');
  const selected = new Set<string>();
  let runs: Run[] | null = null;
  let sort = { key: 'created', up: false };

  const text = el('input', { type: 'search', placeholder: 'Name, preset …', 'aria-label': 'Filter by text' });
  const world = el('select', { 'aria-label': 'Filter by world' });
  const state = el('select', { 'aria-label': 'Filter by state' }, el('option', { value: '' }, 'all states'), ...stateOrder.map((s) => el('option', { value: s }, s)));
  const sorter = el('select', { 'aria-label': 'Sort by', class: 'narrow-only' }, ...columns.map((c) => el('option', { value: c.key }, `by ${c.title.toLowerCase()}`)));
  const compare = el('button', { type: 'button', class: 'button', disabled: true }, 'Compare');
  const race = button('Race', () => go(racePath([...selected].map((name) => `run:${name}`))), { icon: 'flag' });
  race.hidden = true;
  const count = el('p', { class: 'quiet', role: 'status' }, 'Reading the runs …');
  const heads = columns.map((column) => {
    const sortButton = el('button', { type: 'button', class: 'sort' }, column.title);
    sortButton.addEventListener('click', () => {
      sort = { key: column.key, up: sort.key === column.key ? !sort.up : !column.numeric };
      draw();
    });
    return el('th', { scope: 'col', class: column.numeric ? 'num' : null }, sortButton);
  });
  const body = el('tbody');
  const holder = el('div', { class: 'card table-scroll runs-table', role: 'region', tabindex: 0, 'aria-label': 'Runs' },
    el('table', {}, el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, el('span', { class: 'hidden-text' }, 'Select')), ...heads, el('th', { scope: 'col' }, el('span', { class: 'hidden-text' }, 'Actions')))), body));
  main.append(
    el('div', { class: 'page-head' }, heading('Runs'), el('div', { class: 'actions' }, race, compare, button('Start a training', () => openStartDialog(signal), { kind: 'primary', icon: 'spark' }))),
    el('div', { class: 'filters' }, text, world, state, sorter, count), holder);
  text.value = query.get('text') ?? '';
  const rowCache = new Map<string, { told: string; row: HTMLElement }>();

  const draw = (): void => {
    if (!runs) return;
    const worlds = [...new Set(runs.map((r) => r.environment).filter((e) => e !== null))].sort();
    if (world.options.length !== worlds.length + 1) {
      const before = world.value;
      fill(world, el('option', { value: '' }, 'all worlds'), ...worlds.map((w) => el('option', { value: w }, w)));
      world.value = worlds.includes(before) ? before : '';
    }
    for (const name of selected) if (!runs.some((r) => r.name === name)) selected.delete(name);
    const wanted = text.value.trim().toLowerCase();
    const shown = runs.filter((r) => (!world.value || r.environment === world.value) && (!state.value || r.state === state.value)
      && (!wanted || [r.name, r.environment, r.algorithm, r.preset].some((part) => part?.toLowerCase().includes(wanted))));
    const column = columns.find((c) => c.key === sort.key) ?? columns[0];
    if (column) shown.sort((a, b) => compareValues(column.value(a), column.value(b)) * (sort.up ? 1 : -1));
    heads.forEach((head, i) => {
      if (columns[i]?.key === sort.key) head.setAttribute('aria-sort', sort.up ? 'ascending' : 'descending');
      else head.removeAttribute('aria-sort');
    });
    sorter.value = sort.key;
    setText(count, shown.length === runs.length ? plural(runs.length, 'run') : `${whole(shown.length)} of ${plural(runs.length, 'run')}`);
    const rows = shown.map((run) => rowOf(run));
    if (rows.length === 0) fill(body, el('tr', {}, el('td', { colspan: columns.length + 2, class: 'empty' }, runs.length === 0 ? 'No runs yet. Start a training.' : 'No run fits the filter.')));
    else if (rows.length !== body.children.length || rows.some((row, i) => body.children[i] !== row)) replaceRows(body, rows);
    const racers = runs.filter((r) => selected.has(r.name));
    race.hidden = racers.length === 0 || racers.length > mostWalkers || racers.some((r) => r.environment !== raceWorld || !r.hasChampion);
    compare.disabled = selected.size < 2;
    setText(compare, selected.size < 2 ? 'Compare: select 2 to 10' : `Compare ${selected.size} runs`);
  };

  const rowOf = (run: Run): HTMLElement => {
    const told = JSON.stringify(run);
    const known = rowCache.get(run.name);
    if (known?.told === told) return known.row;
    const box = el('input', { type: 'checkbox', 'aria-label': `Select ${run.name} for Compare` });
    box.checked = selected.has(run.name);
    box.addEventListener('change', () => {
      if (box.checked && selected.size >= most) box.checked = false;
      else if (box.checked) selected.add(run.name);
      else selected.delete(run.name);
      draw();
    });
    const cells = [
      el('td', { class: 'select-cell' }, box),
      ...columns.map((column) => el('td', { class: `cell-${column.key}${column.numeric ? ' num' : ''}`, 'data-label': column.title }, column.cell(run))),
      el('td', { class: 'actions-cell' }, el('div', { class: 'row-actions' }, ...runActions(run, false))),
    ];
    const row = known?.row ?? el('tr');
    const focused = [...row.querySelectorAll<HTMLElement>('a, button, input')].indexOf(document.activeElement as HTMLElement);
    fill(row, ...cells);
    if (focused >= 0) row.querySelectorAll<HTMLElement>('a, button, input')[focused]?.focus({ preventScroll: true });
    rowCache.set(run.name, { told, row });
    return row;
  };

  for (const control of [text, world, state]) control.addEventListener('input', draw);
  sorter.addEventListener('change', () => {
    sort = { key: sorter.value, up: !columns.find((c) => c.key === sorter.value)?.numeric };
    draw();
  });
  compare.addEventListener('click', () => go(`/compare?runs=${[...selected].map(encodeURIComponent).join(',')}`));
  setText(compare, 'Compare: select 2 to 10');
  new LiveSocket('/live/runs', {
    text: (message) => {
      runs = (message as RunsMessage).runs;
      draw();
    },
    refused: (reason) => setText(count, reason),
  }, signal);
}

function compareValues(a: string | number, b: string | number): number {
  if (typeof a === 'number' && typeof b === 'number') return a === b ? 0 : a < b ? -1 : 1;
  return String(a).localeCompare(String(b), 'en', { numeric: true });
}

function replaceRows(body: HTMLElement, rows: HTMLElement[]): void {
  const focused = document.activeElement;
  fill(body, ...rows);
  if (focused instanceof HTMLElement && body.contains(focused)) focused.focus({ preventScroll: true });
}
