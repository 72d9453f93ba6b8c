import { getLab, getRuns } from '../api';
import { button, el, fill, icon } from '../dom';
import { driveModes, walkerDrive } from '../drive';
import { forKeys, Hands, notForKeys } from '../hands';
import { type RaceChoice, raceOf, raceQuery, raceWorld, usualWalkers, you } from '../raceChoice';
import { RaceControls } from '../raceControls';
import { RaceResult } from '../raceResult';
import { RaceSetup } from '../raceSetup';
import { RaceTable } from '../raceTable';
import { RaceView } from '../raceView';
import { heading, type PageContext } from '../router';
import { workButton } from '../works';

export function racePage({ main, query, signal, title }: PageContext): void {
  title('Race · Gymkhana lab');
  let choice = raceOf(query);
  let hands: Hands | null = null;
  let driving = new AbortController();
  signal.addEventListener('abort', () => driving.abort(), { once: true });

  const view = new RaceView({
    begin: (begin) => {
      table.begin(begin);
      result.begin(begin);
      controls.begin(begin.seconds);
      setup.colour(begin.walkers.map((walker) => walker.colour));
      hands?.start();
    },
    frame: (frame) => {
      table.show(frame);
      controls.show(frame);
      result.show(frame.over);
    },
    end: (end) => result.end(end),
    paused: (paused) => {
      controls.mark();
      big.hidden = !paused;
    },
  }, signal);
  const follow = (walker: number | null): void => {
    view.follow(walker);
    table.mark(walker);
    whole.hidden = walker === null;
  };
  const play = (on: boolean): void => {
    view.pause(!on);
    if (on && hands) view.element.focus({ preventScroll: true });
  };
  const restart = (seed: string | null): void => {
    if (seed !== null) {
      choice = { ...choice, seed };
      setup.show(choice);
      history.replaceState(null, '', `/race?${raceQuery(choice)}`);
    }
    view.restart(choice.seed);
    if (hands) play(true);
  };
  const table = new RaceTable(follow);
  const result = new RaceResult(() => restart(null));
  const setup = new RaceSetup((changed) => show(changed));
  const whole = button('Whole square', () => follow(null), { kind: 'small whole-square' });
  whole.hidden = true;
  const big = el('button', { type: 'button', class: 'scene-play', 'aria-label': 'Play', hidden: !view.paused, onclick: () => play(true) }, icon('play'));
  const share = button('Share as a film', () => undefined, { icon: 'film' });
  const shared = el('p', { class: 'work-line', role: 'status' });
  workButton(share, shared, { working: 'Filming …' }, () => ({ kind: 'race', ...choice }), signal);
  const side = el('div', { class: 'hands' });
  const controls = new RaceControls(view, { play, restart }, [share], signal);

  /** Readies the keys where somebody drives. */
  const drive = (): void => {
    driving.abort();
    driving = new AbortController();
    hands?.brief.remove();
    hands = null;
    fill(side);
    const driven = choice.walkers.includes(you);
    share.hidden = driven;
    if (!driven) {
      notForKeys(view.element);
      return;
    }
    forKeys(view.element, 'The race. Keys drive your walker while this has the focus; Escape leaves it.');
    hands = new Hands(driveModes(raceWorld, walkerDrive), view.element, (action) => view.drive(action), driving.signal);
    view.element.after(hands.brief);
    fill(side, hands.pad, el('section', { class: 'card pad' }, el('div', { class: 'section-head' }, el('h2', {}, 'You drive'), hands.choice), hands.words));
  };
  const show = (wanted: RaceChoice): void => {
    choice = wanted;
    history.replaceState(null, '', `/race?${raceQuery(choice)}`);
    setup.show(choice);
    follow(null);
    fill(shared);
    drive();
    // Who drives begins when ready.
    if (choice.walkers.includes(you)) view.pause(true);
    view.show(choice);
  };
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    if (document.activeElement === view.element) view.element.blur();
    else follow(null);
  }, { signal });

  const arena = el('div', { class: 'arena card' }, el('div', { class: 'scene-stage' }, view.element, result.element, whole, big), controls.element, shared);
  main.append(
    el('div', { class: 'page-head' }, heading('Race'), el('p', { class: 'quiet' }, 'Walkers on sand, to the same targets. The first to reach them all wins.')),
    el('div', { class: 'race-layout' }, arena, el('div', { class: 'race-side' },
      side, el('section', { class: 'card pad' }, el('div', { class: 'section-head' }, el('h2', {}, 'Standing'), el('p', { class: 'hint' }, 'Choose a walker to follow it.')), table.element), setup.element)));
  Promise.all([getLab(signal), getRuns(signal)]).then(([lab, runs]) => {
    if (signal.aborted) return;
    setup.offer(lab.policies);
    show(choice.walkers.length > 0 ? choice : { ...choice, walkers: usualWalkers(lab.policies, runs) });
  }, (error: unknown) => view.fail(error instanceof Error ? error.message : String(error)));
}
