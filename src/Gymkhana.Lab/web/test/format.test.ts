import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ago, bytes, duration, interval, number, plural, short, tick, words } from '../src/format';

test('numbers', () => {
  assert.equal(number(null), 'n/a');
  assert.equal(number(NaN), 'n/a');
  assert.equal(number(0), '0');
  assert.equal(number(0.98298), '0.9830');
  assert.equal(number(-82.82893), '−82.83');
  assert.equal(number(1234567), '1\u202f234\u202f567');
  assert.equal(number(2.5e-5), '2.50e−5');
  assert.equal(short(2438049072), '2.44 G');
  assert.equal(short(717e3), '717 k');
  assert.equal(tick(12.5), '12.5');
  assert.equal(tick(40e6), '40 M');
});

test('an interval decides the decimals', () => {
  assert.deepEqual(interval(28.86, 28.3797, 29.34), { mean: '28.86', bounds: '[28.38, 29.34]' });
  assert.deepEqual(interval(897.2, 886.1, 905.4), { mean: '897', bounds: '[886, 905]' });
  assert.deepEqual(interval(500, 500, 500), { mean: '500', bounds: '[500, 500]' });
});

test('durations, sizes and times', () => {
  assert.equal(duration(6.24), '6.2 s');
  assert.equal(duration(119.7), '2 min 00 s');
  assert.equal(duration(5400), '1 h 30 min');
  assert.equal(bytes(481123), '481 kB');
  assert.equal(ago('2026-11-22T10:00:00Z', Date.parse('2026-11-22T12:30:00Z')), '2 h ago');
  assert.equal(ago(null), 'n/a');
});

test('words', () => {
  assert.equal(words('championHiddenNodes'), 'champion hidden nodes');
  assert.equal(words('policyLoss-A'), 'policy loss · A');
  assert.equal(plural(1, 'run'), '1 run');
  assert.equal(plural(3, 'run'), '3 runs');
});
