import { el } from './dom';
import { missing } from './format';
import { table } from './tables';
import type { Pair } from './types';

/** A pair seen from run `a`; null where the lab said nothing about the two. */
export function pairOf(pairs: Pair[], a: string, b: string): Pair | null {
  const direct = pairs.find((pair) => pair.a === a && pair.b === b);
  if (direct) return direct;
  const other = pairs.find((pair) => pair.a === b && pair.b === a);
  const less = (value: number | null): number | null => (value === null ? null : 1 - value);
  return other ? { ...other, a, b, probability: less(other.probability), low: less(other.high), high: less(other.low) } : null;
}

/** How probably each run is better than each other, as a table with what it means. */
export function improvement(names: string[], pairs: Pair[]): HTMLElement[] {
  const problems = new Map<string, number>();
  const cell = (a: string, b: string): Node | string => {
    if (a === b) return el('span', { class: 'quiet', role: 'img', 'aria-label': 'itself' }, '·');
    const pair = pairOf(pairs, a, b);
    if (!pair || pair.probability === null || pair.low === null || pair.high === null) {
      const problem = pair?.problem ?? 'These two were not compared.';
      if (!problems.has(problem)) problems.set(problem, problems.size + 1);
      return el('span', { class: 'quiet', title: problem }, missing, el('sup', {}, String(problems.get(problem))));
    }
    const known = pair.low > 0.5 || pair.high < 0.5;
    return el('span', { class: 'score' }, el(known ? 'b' : 'span', {}, pair.probability.toFixed(2)), ' ', el('span', { class: 'bounds' }, `[${pair.low.toFixed(2)}, ${pair.high.toFixed(2)}]`));
  };
  const body = table(['Run', ...names], names.map((a) => [a, ...names.map((b) => cell(a, b))]), { caption: 'Probability of improvement', numeric: names.map((_, i) => i + 1) });
  return [
    el('p', { class: 'hint' }, 'How probably a test episode of the run at the left scores higher than one of the run above, equal ones counted by half, with a 95 % interval. Bold where the interval leaves out 0.50: there one of the two is better.'),
    body,
    ...(problems.size > 0 ? [el('ol', { class: 'hint footnotes' }, ...[...problems.keys()].map((problem) => el('li', {}, problem)))] : []),
  ];
}
