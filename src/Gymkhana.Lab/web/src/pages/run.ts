import { filePath, getLab, getRun, Refusal } from '../api';
import { ChampionSlider } from '../championSlider';
import { ChartBoard } from '../chartBoard';
import { button, el, fill, icon, setText } from '../dom';
import { bytes, number, unitBeside, words } from '../format';
import { LiveSocket } from '../live';
import { raceWorld, racePath } from '../raceChoice';
import { heading, type PageContext } from '../router';
import { runActions } from '../runActions';
import { RunHead } from '../runHead';
import { intervalText } from '../runParts';
import { runWorks } from '../runWorks';
import { SceneCard } from '../sceneCard';
import { toast } from '../shell';
import { SpeciesChart } from '../speciesChart';
import { table, valueTable } from '../tables';
import type { Lab, Run, RunDetail, RunMessage } from '../types';

// A champion is shown for at least this long before a better one takes its place.
const championSeconds = 12;
const keptSeconds = 3;
const logLetters = 200_000;

export function runPage({ main, signal, title }: PageContext, name: string): void {
  title(`${name} · Gymkhana lab`);
  const head = new RunHead();
  const board = new ChartBoard(signal);
  const actions = el('div', { class: 'actions' });
  const champion = new ChampionScene(name, signal);
  const species = new SpeciesChart(signal);
  const works = runWorks(name, () => refresh(), signal);
  const details = el('div', { class: 'run-details' });
  const log = el('pre', { class: 'log', tabindex: 0, role: 'log', 'aria-label': 'Log' });
  const logSection = el('section', { class: 'card pad', hidden: true }, el('h2', {}, 'Log'), log);
  const layout = el('div', { class: 'run-layout' }, champion.element, el('div', { class: 'run-side' }, head.scores, board.element, species.element));
  main.append(
    el('p', { class: 'crumbs' }, el('a', { href: '/runs' }, 'Runs')),
    el('div', { class: 'page-head' }, heading(name), actions),
    head.facts, head.problem, head.progress, layout, details, logSection);

  let lab: Lab | null = null;
  let run: Run | null = null;
  let detail: RunDetail | null = null;
  let told = '';
  let meaning = '';
  const write = (): void => {
    if (!run) return;
    const columns = `${run.environment} ${run.iterationName} ${lab !== null}`;
    if (columns !== meaning) {
      meaning = columns;
      const world = lab?.worlds.find((w) => w.id === run?.environment);
      head.headline = world?.headline ?? null;
      board.tell(world, run.iterationName);
      species.tell(run.iterationName);
    }
    head.write(run);
    layout.hidden = run.state === 'broken' && !run.hasChampion && board.metrics.length === 0;
    head.writeScores(run, detail, board.metrics);
    champion.run(run, lab);
    works.tell(run);
    const now = `${run.state} ${run.hasChampion}`;
    if (now !== told) {
      told = now;
      fill(actions, run.environment === raceWorld && run.hasChampion ? el('a', { class: 'button', href: racePath([`run:${name}`]) }, icon('flag'), 'Race it') : null, ...runActions(run, true));
      refresh();
    }
  };
  const refresh = (): void => {
    getRun(name, signal).then((answer) => {
      if (signal.aborted) return;
      detail = answer;
      run ??= answer;
      champion.kept(answer);
      fill(details, ...sections(answer, works.element));
      head.writeScores(run, answer, board.metrics);
    }, (error: unknown) => {
      if (signal.aborted) return;
      const gone = error instanceof Refusal && error.status === 404;
      head.problem.hidden = false;
      setText(head.problem, gone ? `There is no run called ${name}.` : String(error instanceof Error ? error.message : error));
      layout.hidden = gone && run === null;
      if (gone) socket.close();
    });
  };
  getLab(signal).then((answer) => {
    lab = answer;
    write();
  }, () => undefined);

  const socket = new LiveSocket(`/live/runs/${encodeURIComponent(name)}`, {
    text: (data) => {
      const message = data as RunMessage;
      if (message.type === 'run') {
        run = message.run;
        write();
      } else if (message.type === 'metrics') {
        board.add(message.columns, message.rows, message.restart);
        if (message.rows.length > 0) layout.hidden = false;
        if (run && !detail?.scores.length) head.writeScores(run, detail, board.metrics);
      } else if (message.type === 'species') species.add(message.rows, message.restart);
      else if (message.type === 'champion') {
        champion.iteration(message.iteration);
        keptSoon();
      }
      else if (message.type === 'log') addLog(message.text);
      else {
        socket.close();
        head.problem.hidden = false;
        setText(head.problem, 'This run was deleted or renamed.');
        fill(actions);
      }
    },
    refused: (reason) => toast(reason),
  }, signal);
  refresh();

  let asking = 0;
  signal.addEventListener('abort', () => window.clearTimeout(asking), { once: true });
  /** Learns which champions are kept, at most once in a while. */
  const keptSoon = (): void => {
    if (asking !== 0 || !detail) return;
    asking = window.setTimeout(() => {
      asking = 0;
      getRun(name, signal).then((answer) => champion.kept(answer), () => undefined);
    }, keptSeconds * 1000);
  };
  const addLog = (text: string): void => {
    logSection.hidden = false;
    const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
    log.textContent = ((log.textContent ?? '') + text).slice(-logLetters);
    if (atEnd) log.scrollTop = log.scrollHeight;
  };
}

/** The present champion at work; a new one takes over, though not more often than one can watch. */
class ChampionScene {
  readonly element: HTMLElement;
  readonly #card: SceneCard;
  readonly #title = el('h2', {}, 'The champion at work');
  readonly #note = el('p', { class: 'quiet' });
  readonly #empty = el('p', { class: 'scene-empty' });
  readonly #slider: ChampionSlider;
  #run: Run | null = null;
  #iteration: number | null = null;
  #shown: number | null = null;
  #timer = 0;
  #since = 0;

  constructor(private readonly name: string, private readonly signal: AbortSignal) {
    this.#card = new SceneCard({ compact: false, aspect: 16 / 9 }, signal);
    this.#slider = new ChampionSlider((iteration) => this.#choose(iteration), signal);
    this.#card.element.hidden = true;
    setText(this.#empty, 'Waiting for the run …');
    this.element = el('section', { class: 'champion card pad', 'aria-label': 'Champion' }, el('div', { class: 'champion-head' }, this.#title, this.#note), this.#empty, this.#slider.element, this.#card.element);
    signal.addEventListener('abort', () => window.clearTimeout(this.#timer), { once: true });
  }

  run(run: Run, lab: Lab | null): void {
    this.#run = run;
    const world = lab?.worlds.find((w) => w.id === run.environment);
    if (world && !world.drawable) setText(this.#empty, `${world.id} has no picture.`);
    else if (!run.hasChampion) setText(this.#empty, run.state === 'running' ? 'No champion yet. It appears here as soon as there is one.' : 'This run has no champion.');
    else if (lab) this.#show();
  }

  kept(run: RunDetail): void {
    this.#slider.offer(run, run.champions);
    this.#note.hidden = !this.#slider.element.hidden;
  }

  iteration(iteration: number): void {
    this.#iteration = iteration;
    if (this.#run?.hasChampion) this.#show();
  }

  #choose(iteration: number | null): void {
    const world = this.#run?.environment;
    if (!world) return;
    window.clearTimeout(this.#timer);
    this.#since = performance.now();
    this.#shown = this.#iteration;
    this.#tell(iteration ?? this.#iteration);
    this.#card.show({ world, policy: `run:${this.name}${iteration === null ? '' : `@${iteration}`}`, seed: '1' });
  }

  /** The slider, where there is one, says it too. */
  #tell(iteration: number | null): void {
    this.#note.hidden = !this.#slider.element.hidden;
    setText(this.#note, iteration === null ? '' : `of ${words(this.#run?.iterationName ?? 'iteration')} ${iteration}`);
  }

  #show(): void {
    const world = this.#run?.environment;
    if (this.#slider.chosen !== null) return;
    if (!world || this.signal.aborted || (this.#since > 0 && this.#shown === this.#iteration)) return;
    const rest = this.#since === 0 || this.#shown === null ? 0 : this.#since + championSeconds * 1000 - performance.now();
    window.clearTimeout(this.#timer);
    if (rest > 0) {
      this.#timer = window.setTimeout(() => this.#show(), rest);
      return;
    }
    const first = this.#since === 0;
    this.#since = performance.now();
    const known = this.#shown;
    this.#shown = this.#iteration;
    this.#empty.hidden = true;
    this.#card.element.hidden = false;
    this.#tell(this.#iteration);
    // Learning the iteration of the champion that is already shown is no reason to begin anew.
    if (first || known !== null) this.#card.show({ world, policy: `run:${this.name}`, seed: '1' });
  }
}

function sections(detail: RunDetail, works: HTMLElement): (HTMLElement | null)[] {
  const section = (name: string, ...content: (Node | null)[]): HTMLElement => el('section', { class: 'card pad' }, el('h2', {}, name), ...content);
  const commands = detail.repeat.trim();
  const copy = button('Copy', () => {
    navigator.clipboard.writeText(commands).then(() => toast('Copied.'), () => toast('The browser did not allow it. Select the text and copy it.'));
  }, { icon: 'copy', kind: 'small' });
  const values = [['Algorithm', detail.algorithmSettings], ['World in training', detail.environmentSettings], ['World in evaluation', detail.evaluationSettings]] as const;
  return [
    el('div', { class: 'two' },
      section('Scores', detail.scores.length === 0 ? el('p', { class: 'quiet' }, detail.state === 'broken' ? 'None.' : 'Measured at the end.')
        : table(['Score', 'Validation', 'Test'], detail.scores.map((s) => [el('span', {}, words(s.name), unitBeside(s.name, s.unit) ? el('span', { class: 'unit' }, ` ${s.unit}`) : null), intervalText(s.validation), intervalText(s.test)]), { numeric: [1, 2], caption: 'Scores' }),
      detail.scores.length === 0 ? null : el('p', { class: 'hint' }, 'Means with 95 % intervals. The champion was chosen on the validation episodes; the test episodes played no part.'),
      detail.episodes.length === 0 ? null : el('details', {}, el('summary', {}, 'Episodes worth a look'),
        table(['Rank', 'Episode', 'Return'], detail.episodes.map((e) => [String(e.rank), String(e.number), number(e.return)]), { numeric: [1, 2], caption: 'Episodes' }))),
      section('Files and commands',
        commands ? el('div', { class: 'commands' }, el('div', { class: 'section-head' }, el('h3', {}, 'To repeat it'), copy), el('pre', { tabindex: 0, role: 'group', 'aria-label': 'Commands' }, commands)) : null,
        works,
        detail.files.length === 0 ? el('p', { class: 'quiet' }, 'No files yet.')
          : el('ul', { class: 'files' }, ...detail.files.map((file) => el('li', {}, el('a', { href: filePath(detail.name, file.name), download: file.name }, icon('download'), file.name), el('span', { class: 'quiet' }, bytes(file.bytes))))),
        detail.machine ? el('p', { class: 'hint' }, `Trained on: ${detail.machine}`) : null)),
    values.every(([, settings]) => settings.length === 0) ? null : section('Settings', el('div', { class: 'values-list' }, ...values.filter(([, settings]) => settings.length > 0).map(([name, settings]) => valueTable(name, settings)))),
  ];
}
