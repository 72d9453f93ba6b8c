import { unitBeside, words } from './format';
import type { World } from './types';

export interface ChartGroup {
  title: string;
  unit: string;
  columns: string[];
}

/** What follows a metric's name in the columns of its interval's ends, where it has one. */
const lowEnd = 'Low';
const highEnd = 'High';

/** The columns that hold the ends of a column's 95 % interval, upper end first; null where there are none. */
export function endsOf(column: string, has: (name: string) => boolean): [high: string, low: string] | null {
  return has(column + highEnd) && has(column + lowEnd) ? [column + highEnd, column + lowEnd] : null;
}

/** Whether a column is an end of another one's interval. */
function isEnd(column: string, has: (name: string) => boolean): boolean {
  const name = column.endsWith(lowEnd) ? column.slice(0, -lowEnd.length) : column.endsWith(highEnd) ? column.slice(0, -highEnd.length) : '';
  return name !== '' && has(name) && endsOf(name, has) !== null;
}

/** What may lie along the horizontal axis. */
export const axes: [column: string, label: string, unit: string][] = [
  ['iteration', 'Iteration', ''],
  ['wallSeconds', 'Wall time', 's'],
  ['totalAgentSteps', 'Agent-steps', ''],
];

const rules: [title: string, pattern: RegExp][] = [
  ['figure', /^(champion|validation|best|median|mean)Figure$/],
  ['Return', /^(return|score|championScore|validation|championValidation)$/],
  ['Fitness in training', /Fitness$/],
  ['Connections', /connections$/i],
  ['Hidden nodes', /hiddenNodes$/i],
  ['Species', /^species$/],
  ['Losses', /loss(-|$|Average$)/i],
  ['Entropy of the policy', /^entropy(-|$)/],
  ['Size of a policy update', /^(kl|approxKl|clipFraction)(-|$)/],
  ['Speed', /PerSecond$/],
];

const order = ['championFigure', 'validationFigure', 'bestFigure', 'medianFigure', 'championValidation', 'championScore', 'validation', 'score', 'return'];

/** Sorts columns into charts; those that fit none come last, one chart each. The ends of intervals belong to their columns and are left out. */
export function groupColumns(columns: Iterable<string>, world: World | undefined): { main: ChartGroup[]; more: ChartGroup[] } {
  const main = new Map<string, ChartGroup>();
  const more: ChartGroup[] = [];
  const headline = world?.figures.find((f) => f.name === world.headline);
  const all = new Set(columns);
  for (const column of all) {
    if (isEnd(column, (name) => all.has(name))) continue;
    if (axes.some(([axis]) => axis === column)) continue;
    const rule = rules.find(([, pattern]) => pattern.test(column));
    if (!rule) {
      const figure = world?.figures.find((f) => column === f.name || column === `validation-${f.name}`);
      more.push({ title: words(column), unit: figure ? unitBeside(figure.name, figure.unit) : '', columns: [column] });
      continue;
    }
    const isFigure = rule[0] === 'figure';
    const title = isFigure ? (headline ? `Score: ${words(headline.name)}` : 'Figure of the world') : rule[0] === 'Return' && world && !headline ? 'Score: return' : rule[0];
    const unit = isFigure ? (headline ? unitBeside(headline.name, headline.unit) : '') : column === 'agentStepsPerSecond' ? 'agent-steps/s' : '';
    const group = main.get(rule[0]) ?? { title, unit, columns: [] };
    group.columns.push(column);
    main.set(rule[0], group);
  }
  const place = (column: string): number => (order.includes(column) ? order.indexOf(column) : order.length);
  for (const group of main.values()) group.columns.sort((a, b) => place(a) - place(b));
  const rank = (name: string): number => (name === 'Return' && world && !headline ? -1 : rules.findIndex(([title]) => title === name));
  const ranked = [...main].sort(([a], [b]) => rank(a) - rank(b));
  return { main: ranked.map(([, group]) => group), more };
}

const labels: Record<string, string> = {
  championFigure: 'champion, validation',
  validationFigure: 'newest, validation',
  bestFigure: 'best in training',
  championValidation: 'champion, validation',
  championScore: 'champion, validation',
  validation: 'newest, validation',
  score: 'newest, validation',
  return: 'in training',
  bestFitness: 'best',
  medianFitness: 'median',
  meanFitness: 'mean',
  championHiddenNodes: 'champion',
  championConnections: 'champion',
  hiddenNodes: 'mean of the population',
  connections: 'mean of the population',
  approxKl: 'KL divergence (approximate)',
  kl: 'KL divergence',
  clipFraction: 'fraction clipped',
  agentStepsPerSecond: 'agent-steps',
};

export function columnLabel(column: string): string {
  const [head = '', ...rest] = column.split('-');
  return labels[column] ?? (labels[head] && rest.length > 0 ? [labels[head], ...rest].join(' · ') : words(column));
}
