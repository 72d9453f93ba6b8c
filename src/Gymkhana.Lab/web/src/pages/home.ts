import { getLab, Refusal, runPath, startRun } from '../api';
import { button, el, fill } from '../dom';
import { LiveSocket } from '../live';
import { bestPolicy } from '../policies';
import { go, heading, type PageContext } from '../router';
import { runBrief } from '../runParts';
import { SceneCard } from '../sceneCard';
import { toast } from '../shell';
import type { Lab, Run, RunsMessage } from '../types';

const shown: [id: string, aspect: number][] = [['Walker-v0', 1], ['CarRacing-v3', 16 / 9], ['simple_tag_v3', 16 / 9]];
const newest = 8;

export function homePage({ main, signal, title }: PageContext): void {
  title('Gymkhana lab');
  const start = button('Evolve a walker now', () => {
    start.disabled = true;
    startRun({ algorithm: 'neat', environment: 'Walker-v0', preset: 'demo' }).then(
      (name) => go(runPath(name)),
      (error: unknown) => {
        start.disabled = false;
        toast(error instanceof Refusal ? error.message : String(error));
      },
    );
  }, { icon: 'spark', kind: 'primary large' });
  const scenes = el('div', { class: 'stages' });
  const runs = el('div', { class: 'brief-list' }, el('p', { class: 'quiet' }, 'Reading the runs …'));
  const facts = el('p', { class: 'quiet home-facts' });
  main.append(
    el('section', { class: 'hero' },
      heading('Watch creatures, cars and teams learn'),
      el('p', { class: 'lead' }, 'Gymkhana trains them in C#, on your own machine: worlds to learn in, learners, and scores that can be trusted. The first walker takes its steps within a minute.'),
      el('div', { class: 'hero-actions' }, start, el('a', { class: 'button large', href: '/worlds' }, 'See the worlds'), facts)),
    el('section', { 'aria-label': 'Live scenes' }, scenes),
    el('section', {}, el('div', { class: 'section-head' }, el('h2', {}, 'Newest runs'), el('a', { href: '/runs' }, 'All runs')), runs),
  );

  let lab: Lab | null = null;
  let begun = false;
  let all: Run[] | null = null;
  const begin = (): void => {
    if (begun || !lab || !all || signal.aborted) return;
    begun = true;
    for (const [id, aspect] of shown) {
      const world = lab.worlds.find((w) => w.id === id && w.drawable);
      if (world) scenes.append(stage(world.id, world.summary, aspect, lab, all, signal));
    }
  };
  getLab(signal).then((answer) => {
    lab = answer;
    fill(facts, `Version ${answer.version.split('+')[0] ?? ''} · ${answer.worlds.length} worlds · ${answer.algorithms.length} learners`);
    begin();
  }, (error: unknown) => fill(facts, String(error)));
  new LiveSocket('/live/runs', {
    text: (message) => {
      all = (message as RunsMessage).runs;
      fill(runs, ...(all.length > 0 ? all.slice(0, newest).map((run) => runBrief(run)) : [el('p', { class: 'empty' }, 'No runs yet. Evolve a walker: it takes a minute or two.')]));
      begin();
    },
    refused: (reason) => fill(runs, el('p', { class: 'empty' }, reason)),
  }, signal);
}

function stage(id: string, summary: string, aspect: number, lab: Lab, runs: Run[], signal: AbortSignal): HTMLElement {
  const policy = bestPolicy(id, lab.policies, runs);
  const card = new SceneCard({ compact: true, aspect }, signal);
  const section = el('article', { class: 'stage card' },
    card.element,
    el('div', { class: 'stage-words' },
      el('h2', {}, el('a', { href: `/worlds/${encodeURIComponent(id)}` }, id)),
      el('p', {}, summary),
      el('p', { class: 'quiet' }, 'At work: ', policy.link ? el('a', { href: policy.link }, policy.text) : policy.text)));
  const grow = (value: number): void => section.style.setProperty('--aspect', String(value));
  grow(aspect);
  section.addEventListener('aspect', (event) => {
    if (event instanceof CustomEvent && typeof event.detail === 'number') grow(event.detail);
  });
  card.show({ world: id, policy: policy.id, seed: '1' });
  return section;
}
