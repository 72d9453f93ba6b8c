import { button, el, fill } from './dom';
import { field } from './dialog';
import { policyText } from './policies';
import { mostSeconds, mostTargets, mostWalkers, type RaceChoice, walkersFor, walkerText, you } from './raceChoice';
import { seedField, seedIn } from './seeds';
import type { Policy } from './types';

/** Who races, and by which rules; each change is told at once. */
export class RaceSetup {
  readonly element: HTMLElement;
  readonly #list = el('ul', { class: 'starters' });
  readonly #who = el('select', { 'aria-label': 'Walker to add' });
  readonly #add: HTMLButtonElement;
  readonly #targets = el('input', { type: 'number', min: 0, max: mostTargets, step: 1, required: true });
  readonly #seed = seedField();
  readonly #seconds = el('input', { type: 'number', min: 1, max: mostSeconds, step: 'any', required: true });
  #walkers: string[] = [];
  #wanted: string[] = [];
  #colours: string[] = [];
  #policies: Policy[] = [];

  constructor(private readonly changed: (choice: RaceChoice) => void) {
    this.#add = button('Add', () => this.#change([...this.#walkers, this.#who.value], [...this.#wanted, '']));
    this.#seed.required = true;
    for (const input of [this.#targets, this.#seed, this.#seconds]) input.addEventListener('change', () => this.#change(this.#walkers, this.#wanted));
    this.element = el('section', { class: 'card pad' }, el('h2', {}, 'Who races'), this.#list,
      el('div', { class: 'add-line' }, this.#who, this.#add),
      el('div', { class: 'rules' }, field('Targets', this.#targets, '0 for no end but time'), field('Longest time, s', this.#seconds), field('Seed', this.#seed, 'of the targets and the sand')));
  }

  offer(policies: Policy[]): void {
    this.#policies = policies;
    fill(this.#who, el('option', { value: you }, 'You, by keys'), ...walkersFor(policies).map((policy) => el('option', { value: policy.id }, policyText(policy))));
    const first = this.#who.options[1];
    if (first) this.#who.value = first.value;
  }

  show(choice: RaceChoice): void {
    this.#walkers = choice.walkers;
    this.#wanted = choice.walkers.map((_, i) => choice.colours[i] ?? '');
    this.#targets.value = String(choice.targets);
    this.#seed.value = choice.seed;
    this.#seconds.value = String(choice.seconds);
    this.#write();
  }

  colour(colours: string[]): void {
    this.#colours = colours;
    this.#write();
  }

  #write(): void {
    fill(this.#list, ...this.#walkers.map((id, i) => {
      const name = walkerText(id, this.#policies);
      const paint = el('input', { type: 'color', class: 'paint', value: this.#colours[i] ?? '#888888', 'aria-label': `Colour of ${name}`, title: 'Its colour' });
      paint.addEventListener('change', () => this.#change(this.#walkers, this.#wanted.with(i, paint.value)));
      const others = (list: string[]): string[] => list.filter((_, k) => k !== i);
      const drop = button('', () => this.#change(others(this.#walkers), others(this.#wanted)), { icon: 'close', kind: 'small square', label: `Take ${name} out of the race` });
      drop.disabled = this.#walkers.length === 1;
      return el('li', {}, paint, el('span', {}, name), drop);
    }));
    this.#add.disabled = this.#walkers.length >= mostWalkers;
  }

  #change(walkers: string[], colours: string[]): void {
    // A person has two hands: one walker at most is driven.
    const kept = walkers.map((id, i) => id !== you || walkers.indexOf(you) === i);
    const seed = seedIn(this.#seed);
    if (seed === null || !this.#targets.reportValidity() || !this.#seconds.reportValidity()) return;
    const focused = document.activeElement;
    this.changed({ walkers: walkers.filter((_, i) => kept[i]), colours: colours.filter((_, i) => kept[i]), targets: Number(this.#targets.value), seed, seconds: Number(this.#seconds.value) });
    if (!(focused instanceof HTMLElement) || !focused.isConnected) this.#add.focus({ preventScroll: true });
  }
}
