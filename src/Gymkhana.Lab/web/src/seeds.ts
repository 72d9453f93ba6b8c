// Seeds reach 2^64 − 1, more than a JavaScript number holds: in this page they are texts of digits.

import { el } from './dom';

const greatest = 2n ** 64n - 1n;
const dice = 10_000;

/** Reads JSON; numbers in fields called `seed` become texts of the digits that stood there. */
export function parseJson(text: string): unknown {
  return JSON.parse(text.replace(/"seed"\s*:\s*(\d+)/g, '"seed":"$1"'));
}

/** Writes JSON; digits in fields called `seed` become numbers. */
export function writeJson(value: unknown): string {
  return JSON.stringify(value).replace(/"seed":"(\d+)"/g, '"seed":$1');
}

export function isSeed(text: string): boolean {
  return /^\d{1,20}$/.test(text) && BigInt(text) <= greatest;
}

/** A seed that is short enough to be told to others. */
export function newSeed(): string {
  return String(Math.floor(Math.random() * dice));
}

/** A field for a seed. */
export function seedField(label: string | null = null): HTMLInputElement {
  const field = el('input', { type: 'text', inputmode: 'numeric', pattern: '[0-9]{1,20}', maxlength: 20, value: '1', autocomplete: 'off', title: 'A whole number', 'aria-label': label });
  field.addEventListener('input', () => field.setCustomValidity(''));
  return field;
}

/** The seed in a field; null where it is none, which the field then says. */
export function seedIn(field: HTMLInputElement): string | null {
  const text = field.value.trim();
  field.setCustomValidity(isSeed(text) ? '' : `A seed is a whole number from 0 to ${greatest}.`);
  return field.reportValidity() ? text : null;
}
