import { endsOf } from './columns';
import { el, fill, setText } from './dom';
import { ago, date, duration, interval, number, short, unitBeside, whole, words } from './format';
import type { Metrics } from './metrics';
import { intervalText, progressBar, scoreUnit, secondsLeft, share, stateBadge } from './runParts';
import type { Run, RunDetail } from './types';

/** The newest value of a column, with its interval where it has one. */
function soFar(metrics: Metrics, column: string): string {
  const [value, high, low] = [column, ...(endsOf(column, (name) => metrics.columns.has(name)) ?? [])].map((name) => metrics.last(name));
  if (typeof value !== 'number' || typeof high !== 'number' || typeof low !== 'number') return number(value);
  const { mean, bounds } = interval(value, low, high);
  return `${mean} ${bounds}`;
}

/** The state of a run: a line of facts, its progress, and what is known of its score. */
export class RunHead {
  readonly facts = el('p', { class: 'run-facts' });
  readonly progress = el('div', { class: 'run-progress' });
  readonly scores = el('div', { class: 'score-cards' });
  readonly problem = el('p', { class: 'problem', role: 'alert', hidden: true });

  /** The figure that stands for the world's score, where that is not the return. */
  headline: string | null = null;

  write(run: Run): void {
    const created = el('span', { title: date(run.created) }, `created ${ago(run.created)}`);
    fill(this.facts, stateBadge(run),
      run.environment ? el('a', { href: `/worlds/${encodeURIComponent(run.environment)}` }, run.environment) : null,
      run.algorithm ? el('span', {}, run.algorithm) : null, run.preset ? el('span', {}, `preset ${run.preset}`) : null,
      run.seed === null ? null : el('span', {}, `seed ${run.seed}`), created);
    const done = share(run);
    const left = secondsLeft(run);
    const name = run.iterationName ?? 'iteration';
    const parts = [
      run.iteration === null ? null : `${words(name)} ${whole(run.iteration)}${run.plannedIterations ? ` of ${whole(run.plannedIterations)}` : ''}`,
      run.wallSeconds === null ? null : `${duration(run.wallSeconds)} of training`,
      run.agentSteps === null ? null : `${short(run.agentSteps)} agent-steps`,
      left === null ? null : `about ${duration(left)} left`,
    ].filter((part) => part !== null);
    fill(this.progress, done === null ? null : progressBar(run), el('p', { class: 'quiet num' }, parts.join(' · ')));
    this.problem.hidden = !run.problem;
    setText(this.problem, run.problem ?? '');
  }

  /** The scores with their intervals; where there are none yet, the newest of the curves, which is named as what it is. */
  writeScores(run: Run, detail: RunDetail | null, metrics: Metrics): void {
    const cards: HTMLElement[] = [];
    for (const score of detail?.scores ?? []) {
      if (!score.test && !score.validation) continue;
      const main = score.test ?? score.validation;
      cards.push(el('div', { class: 'score-card' },
        el('h3', {}, words(score.name)), el('p', { class: 'score-big' }, intervalText(main, unitBeside(score.name, score.unit))),
        el('p', { class: 'quiet' }, score.test ? 'test episodes, 95 % interval' : 'validation episodes, 95 % interval')));
      if (cards.length === 3) break;
    }
    if (cards.length === 0 && run.score) {
      cards.push(el('div', { class: 'score-card' }, el('h3', {}, words(run.score.name)),
        el('p', { class: 'score-big' }, intervalText(run.score, scoreUnit('', run.score.unit))),
        el('p', { class: 'quiet' }, `${whole(run.score.episodes)} held-out episodes, 95 % interval`)));
    }
    if (cards.length === 0) {
      const column = ['championFigure', 'championValidation', 'championScore'].find((name) => metrics.last(name) !== null);
      cards.push(el('div', { class: 'score-card' }, el('h3', {}, 'Score'), el('p', { class: 'score-big' }, intervalText(null)),
        el('p', { class: 'quiet' }, column
          ? `Measured at the end. So far the champion has ${soFar(metrics, column)} ${column === 'championFigure' ? (this.headline ? words(this.headline) : 'as its figure') : 'as its return'} on the validation episodes it was chosen on.`
          : 'Measured at the end, on test episodes that play no part in the training.')));
    }
    fill(this.scores, ...cards);
  }
}
