import { button, el, fill, setText } from './dom';
import { driveModes, driveWorld } from './drive';
import { number, unitBeside, words } from './format';
import { forKeys, Hands } from './hands';
import { Lane } from './lane';
import type { Choice } from './policies';
import { newSeed, seedField, seedIn } from './seeds';
import { table } from './tables';
import type { SceneBegin, SceneEpisode, WorldDetail } from './types';

const speeds = [0.25, 0.5, 1, 2, 4, 8, 16];

/** A scene that a person drives, beside the champion on the same seed or against it; null where no keys are known for the world. */
export function driveSection(world: WorldDetail, best: Choice, signal: AbortSignal): HTMLElement | null {
  const how = driveWorld(world.id, world.groups.flatMap((group) => group.agents));
  if (!how) return null;
  const hasChampion = best.id !== 'random';
  const racing = el('input', { type: 'checkbox', role: 'switch' });
  racing.checked = hasChampion && !how.against;
  const seed = seedField('Seed to drive on');
  const speed = el('select', { 'aria-label': 'Speed to drive at' }, ...speeds.map((s) => el('option', { value: s }, `${s} ×`)));
  speed.value = String(how.speed);
  const note = el('p', { class: 'drive-note', role: 'status' });
  const result = el('div', {});
  const stages = el('div', { class: 'lanes', hidden: true });
  const keys = el('div', { class: 'drive-keys' });
  const choice = el('span', {});
  let mine: Lane | null = null;
  let champion: Lane | null = null;
  let hands: Hands | null = null;
  let leaving = new AbortController();
  signal.addEventListener('abort', () => leaving.abort(), { once: true });

  const going = (on: boolean): void => {
    mine?.play(on);
    champion?.play(on);
    setText(note, mine?.result ? '' : on ? 'Go!' : 'Waiting. Focus your picture to go on.');
  };
  const begin = (): void => {
    const drive = mine?.begin?.drive;
    if (!mine?.ready || (champion && !champion.ready) || !drive || hands) return;
    const own = mine;
    const modes = driveModes(world.id, drive);
    if (modes.length === 0) {
      setText(note, 'This page knows no keys for what this agent does.');
      return;
    }
    hands = new Hands(modes, own.view.element, (action) => own.view.drive(action), leaving.signal);
    fill(choice, hands.choice);
    fill(keys, hands.words);
    own.element.append(hands.pad);
    hands.start();
    own.view.element.addEventListener('focus', () => going(true), { signal: leaving.signal });
    own.view.element.addEventListener('blur', () => going(false), { signal: leaving.signal });
    if (document.activeElement === own.view.element) going(true);
    else own.view.element.focus({ preventScroll: true });
  };
  const ended = (): void => {
    if (mine?.result) {
      hands?.stop();
      champion?.play(true);
      setText(note, '');
      again.hidden = false;
    }
    fill(result, ...results(mine, champion, !how.against));
  };
  const start = (fresh: boolean): void => {
    if (fresh) seed.value = newSeed();
    const chosen = seedIn(seed);
    if (chosen === null) return;
    leaving.abort();
    leaving = new AbortController();
    hands = null;
    const common = { world: world.id, policy: best.id, seed: chosen };
    mine = new Lane(!how.against, { ready: begin, ended }, leaving.signal);
    champion = racing.checked && !how.against ? new Lane(!how.against, { ready: begin, ended }, leaving.signal) : null;
    for (const lane of [mine, champion]) lane?.view.speed(Number(speed.value));
    forKeys(mine.view.element, 'Your scene. Keys drive while it has the focus; Escape leaves it, and the scene waits.');
    fill(stages, mine.element, champion?.element);
    stages.hidden = false;
    stages.classList.toggle('alone', champion === null);
    fill(result);
    setText(note, 'Getting ready …');
    again.hidden = true;
    setText(startLabel, 'Begin anew');
    const [ownSettings, otherSettings] = [how.settings, how.settings.filter((setting) => setting.startsWith('max_cycles='))];
    mine.await('You', { ...common, settings: ownSettings, drive: how.agent });
    champion?.await(best.text, { ...common, settings: otherSettings });
    mine.element.scrollIntoView({ block: 'nearest' });
  };
  stages.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && document.activeElement === mine?.view.element) mine.view.element.blur();
  });
  speed.addEventListener('change', () => {
    for (const lane of [mine, champion]) lane?.view.speed(Number(speed.value));
  });

  const first = button('Start', () => start(false), { kind: 'primary', icon: 'play' });
  const startLabel = first.querySelector('span') ?? first;
  const again = button('New seed', () => start(true), { icon: 'dice' });
  again.hidden = true;
  return el('section', { class: 'card pad drive' },
    el('div', { class: 'section-head' }, el('h2', {}, 'Drive it yourself'), note),
    el('p', { class: 'quiet' }, how.against ? `You are the prey, ${how.agent}. The hunters: ${best.text}.`
      : hasChampion ? 'The same episode for you and for the champion: same seed, same moment, side by side.' : 'No policy has been trained for this world yet, so you drive alone.'),
    el('div', { class: 'drive-line' }, first, again, el('label', { class: 'inline' }, 'Seed', seed), el('label', { class: 'inline' }, 'Speed', speed),
      hasChampion && !how.against ? el('label', { class: 'inline' }, racing, 'Race the champion') : null, choice),
    stages, keys, result);
}

interface ResultRow {
  name: string;
  unit: string;
  value: (episode: SceneEpisode, begin: SceneBegin) => string;
}

/** The results side by side, as soon as there is one. */
function results(mine: Lane | null, champion: Lane | null, withReturn: boolean): HTMLElement[] {
  if (!mine?.result) return [];
  const lanes = champion ? [mine, champion] : [mine];
  const figures = mine.begin?.figures ?? [];
  const cell = (lane: Lane, { value }: ResultRow): string => (lane.result && lane.begin ? value(lane.result, lane.begin) : 'still at it');
  const rows: ResultRow[] = [
    { name: 'time', unit: 's', value: (episode) => episode.seconds.toFixed(1) },
    ...figures.map((figure): ResultRow => ({
      name: words(figure.name), unit: unitBeside(figure.name, figure.unit),
      // Found by its name: the two scenes may have different figures.
      value: (episode, begin) => number(episode.figures[begin.figures.findIndex(({ name }) => name === figure.name)]),
    })),
  ];
  if (withReturn) rows.unshift({ name: 'return', unit: '', value: (episode) => number(episode.return) });
  return [table(['Result', ...lanes.map((lane) => lane.name)], rows.map((row) => [
    el('span', {}, row.name, row.unit ? el('span', { class: 'unit' }, ` ${row.unit}`) : null), ...lanes.map((lane) => cell(lane, row)),
  ]), { numeric: [1, 2], caption: 'Results' })];
}
