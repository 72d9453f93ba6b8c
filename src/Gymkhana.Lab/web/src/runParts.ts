import { runPath } from './api';
import { el } from './dom';
import { ago, duration, interval, missing, whole, words } from './format';
import type { Interval, Run, Score } from './types';

export function stateBadge(run: Run): HTMLElement {
  return el('span', { class: `state ${run.state}` }, run.state);
}

/** A mean with its 95 % interval beside it. */
export function intervalText(value: Interval | null, unit = ''): HTMLElement {
  if (!value) return el('span', { class: 'score none' }, missing);
  const { mean, bounds } = interval(value.mean, value.low, value.high);
  return el('span', { class: 'score' }, el('b', {}, mean), ' ', el('span', { class: 'bounds' }, bounds), unit ? el('span', { class: 'unit' }, ` ${unit}`) : null);
}

export function scoreText(score: Score | null): HTMLElement {
  const text = intervalText(score, score ? scoreUnit(score.name, score.unit) : '');
  if (score) text.title = `${score.name}, mean of ${score.episodes} held-out episodes with its 95 % interval`;
  return text;
}

/** The unit of a score, or its name where it has none. */
export function scoreUnit(name: string, unit: string): string {
  return unit || words(name);
}

export function iterations(run: Run): string {
  if (run.iteration === null) return missing;
  return run.plannedIterations ? `${whole(run.iteration)} / ${whole(run.plannedIterations)}` : whole(run.iteration);
}

/** How far a run is, from 0 to 1, where that is known. */
export function share(run: Run): number | null {
  if (!run.plannedIterations || run.iteration === null) return null;
  return Math.min(1, run.iteration / run.plannedIterations);
}

/** Seconds until the planned iterations are done at the speed so far; null where unknown. */
export function secondsLeft(run: Run): number | null {
  if (run.state !== 'running' || !run.plannedIterations || !run.iteration || !run.wallSeconds) return null;
  return (run.wallSeconds / run.iteration) * Math.max(0, run.plannedIterations - run.iteration);
}

export function progressBar(run: Run): HTMLElement {
  const part = share(run);
  const inner = el('div', { class: `bar-inner ${run.state}` });
  inner.style.width = `${((part ?? 0) * 100).toFixed(1)}%`;
  const bar = el('div', { class: 'bar', role: 'progressbar', 'aria-valuemin': 0, 'aria-valuemax': 100, 'aria-label': `Progress of ${run.name}` }, inner);
  if (part !== null) bar.setAttribute('aria-valuenow', (part * 100).toFixed(0));
  return bar;
}

/** A run in short: a card that is a link. */
export function runBrief(run: Run): HTMLElement {
  return el('a', { class: 'brief card', href: runPath(run.name) },
    el('div', { class: 'brief-head' }, el('b', { class: 'brief-name' }, run.name), stateBadge(run)),
    el('div', { class: 'quiet' }, `${run.algorithm ?? missing} · ${run.environment ?? missing}${run.seed === null ? '' : ` · seed ${run.seed}`}`),
    progressBar(run),
    run.state === 'broken' && run.problem
      ? el('div', { class: 'brief-problem' }, run.problem)
      : el('div', { class: 'brief-foot' }, scoreText(run.score), el('span', { class: 'quiet' }, run.state === 'running' ? `${duration(secondsLeft(run))} left` : ago(run.created))));
}
