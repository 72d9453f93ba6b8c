import { getLab } from '../api';
import { el, fill } from '../dom';
import { duration, whole, words } from '../format';
import { heading, type PageContext } from '../router';
import type { Lab, World } from '../types';

export function worldsPage({ main, signal, title }: PageContext): void {
  title('Worlds · Gymkhana lab');
  const list = el('div', { class: 'world-list' }, el('p', { class: 'quiet' }, 'Reading the worlds …'));
  main.append(heading('Worlds'), el('p', { class: 'lead' }, 'What there is to learn in. Each page says what an agent sees, does and is paid for, and shows a policy at work.'), list);
  getLab(signal).then((lab) => fill(list, ...lab.worlds.map((world) => card(world, lab))), (error: unknown) => fill(list, el('p', { class: 'problem' }, String(error))));
}

function card(world: World, lab: Lab): HTMLElement {
  const learners = lab.algorithms.filter((a) => a.worlds.some((w) => w.id === world.id)).map((a) => a.name);
  const score = world.figures.find((f) => f.name === world.headline);
  const fact = (name: string, text: string): HTMLElement => el('div', {}, el('dt', {}, name), el('dd', {}, text));
  return el('a', { class: 'world card', href: `/worlds/${encodeURIComponent(world.id)}` },
    el('h2', {}, world.id), el('p', {}, world.summary),
    el('dl', {},
      fact('score', score ? words(score.name) : 'return'),
      fact('episode', world.maxEpisodeSteps > 0 ? `${whole(world.maxEpisodeSteps)} steps${world.stepSeconds > 0 ? `, ${duration(world.maxEpisodeSteps * world.stepSeconds)}` : ''}` : 'no limit'),
      fact('learners', learners.join(', ') || 'none')));
}
