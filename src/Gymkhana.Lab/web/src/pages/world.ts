import { getLab, getRuns, getWorld, runPath } from '../api';
import { button, el, fill, setText } from '../dom';
import { driveSection } from '../driveSection';
import { duration, tick, whole, withUnit, words } from '../format';
import { bestPolicy, policiesFor, policyText } from '../policies';
import { heading, type PageContext } from '../router';
import { SceneCard } from '../sceneCard';
import { featureTable, settingTable, table } from '../tables';
import type { Lab, Run, WorldDetail } from '../types';

export function worldPage({ main, signal, title }: PageContext, id: string): void {
  title(`${id} · Gymkhana lab`);
  const summary = el('p', { class: 'lead' });
  const rest = el('div', {}, el('p', { class: 'quiet' }, 'Reading the world …'));
  main.append(el('p', { class: 'crumbs' }, el('a', { href: '/worlds' }, 'Worlds')), heading(id), summary, rest);
  Promise.all([getWorld(id, signal), getLab(signal), getRuns(signal)]).then(([world, lab, runs]) => {
    if (signal.aborted) return;
    setText(summary, world.summary);
    fill(rest, el('div', { class: 'world-layout' },
      el('div', { class: 'world-scene' }, world.drawable ? live(world, lab, runs, signal) : el('p', { class: 'card pad quiet' }, 'This world has no picture.')),
      el('div', { class: 'world-words card pad' }, ...description(world))),
      world.drawable ? driveSection(world, bestPolicy(world.id, lab.policies, runs), signal) : null, ...tables(world));
  }, (error: unknown) => fill(rest, el('p', { class: 'problem', role: 'alert' }, error instanceof Error ? error.message : String(error))));
}

function live(world: WorldDetail, lab: Lab, runs: Run[], signal: AbortSignal): HTMLElement {
  const best = bestPolicy(world.id, lab.policies, runs);
  const choices = policiesFor(world.id, lab.policies);
  const policy = el('select', {}, ...choices.map((p) => el('option', { value: p.id }, policyText(p))));
  if (!choices.some((p) => p.id === best.id)) policy.prepend(el('option', { value: best.id }, best.text));
  policy.value = best.id;
  const rows = el('div', { class: 'setting-rows' });
  const reads = new Map<HTMLElement, () => string | null>();
  const note = el('p', { class: 'quiet' });
  const card = new SceneCard({ compact: false, aspect: 16 / 9 }, signal);
  const show = (): void => {
    const settings = [...reads.values()].map((read) => read()).filter((text) => text !== null);
    const run = policy.value.startsWith('run:') ? policy.value.slice('run:'.length) : null;
    fill(note, run === null ? null : el('a', { href: runPath(run) }, `The run ${run}`));
    card.show({ world: world.id, policy: policy.value, seed: '1', settings });
    if (reads.size > 0) card.element.scrollIntoView({ block: 'nearest' });
  };
  const add = (): void => {
    const key = el('select', { 'aria-label': 'Setting' }, ...world.settings.map((s) => el('option', { value: s.key }, s.key)));
    const value = el('input', { type: 'text', 'aria-label': 'Value', spellcheck: 'false', autocomplete: 'off' });
    const hint = el('p', { class: 'hint' });
    const explain = (): void => {
      const setting = world.settings.find((s) => s.key === key.value);
      value.placeholder = setting?.default ?? '';
      setText(hint, setting ? `${setting.meaning} Expected: ${withUnit(setting.expected, setting.unit)}.` : '');
    };
    const row = el('div', { class: 'setting-row' }, el('div', { class: 'setting-line' }, key, el('span', { 'aria-hidden': 'true' }, '='), value, button('Remove', () => {
      reads.delete(row);
      row.remove();
    }, { kind: 'small' })), hint);
    key.addEventListener('change', explain);
    value.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') show();
    });
    explain();
    reads.set(row, () => (value.value.trim() ? `${key.value}=${value.value.trim()}` : null));
    rows.append(row);
    key.focus();
  };
  policy.addEventListener('change', show);
  show();
  return el('section', { class: 'card pad live-world', 'aria-label': 'Live scene' }, card.element,
    el('div', { class: 'policy-line' }, el('label', { class: 'inline wide' }, 'Policy', policy), note), rows,
    world.settings.length > 0
      ? el('div', { class: 'actions' }, button('Change a setting', add, { kind: 'small' }), button('Show with these settings', show, { kind: 'small' }))
      : null);
}

function description(world: WorldDetail): HTMLElement[] {
  const { page } = world;
  const part = (name: string, text: string): HTMLElement[] => (text ? [el('h2', {}, name), el('p', {}, text)] : []);
  const headline = world.headline ? words(world.headline) : 'return';
  const steps = world.maxEpisodeSteps > 0 ? `at most ${whole(world.maxEpisodeSteps)} steps` : 'no limit of steps';
  return [
    el('h2', {}, 'What it is'), el('p', {}, page.description),
    el('p', { class: 'quiet' }, `A step is ${world.stepSeconds > 0 ? withUnit(tick(Number(world.stepSeconds.toPrecision(3))), 's') : 'without a duration'}; an episode has ${steps}${world.stepSeconds > 0 && world.maxEpisodeSteps > 0 ? ` (${duration(world.stepSeconds * world.maxEpisodeSteps)})` : ''}. The score: ${headline}.`),
    ...part('Reward', page.reward), ...part('Start', page.start), ...part('End', page.end), ...part('Source', page.source), ...part('Versions', page.versions),
  ];
}

function tables(world: WorldDetail): HTMLElement[] {
  const section = (name: string, content: HTMLElement): HTMLElement => el('section', { class: 'card pad' }, el('h2', {}, name), content);
  return [
    el('div', { class: 'two' }, section('What the agent does', featureTable('Actions', world.page.actions)), section('What the agent sees', featureTable('Observations', world.page.observations))),
    el('div', { class: 'two' },
      section('Figures of an episode', world.figures.length === 0 ? el('p', { class: 'quiet' }, 'None beside the return.')
        : table(['Figure', 'Unit', 'Meaning'], world.figures.map((f) => [f.name === world.headline ? el('b', {}, words(f.name)) : words(f.name), f.unit, f.description]), { caption: 'Figures' })),
      section('Groups of agents', world.groups.length === 0 ? el('p', { class: 'quiet' }, 'One agent.')
        : table(['Group', 'Agents', 'Sees', 'Does'], world.groups.map((g) => [g.name, g.agents.join(', '), g.observation, g.action]), { caption: 'Groups' }))),
    section('Settings', world.settings.length === 0 ? el('p', { class: 'quiet' }, 'None.') : settingTable(world.settings)),
  ];
}
