import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pairOf } from '../src/improvement';

test('a pair seen from the other side is turned around', () => {
  const pair = { a: 'x', b: 'y', probability: 0.75, low: 0.5, high: 0.875, problem: null };
  assert.deepEqual(pairOf([pair], 'x', 'y'), pair);
  assert.deepEqual(pairOf([pair], 'y', 'x'), { ...pair, a: 'y', b: 'x', probability: 0.25, low: 0.125, high: 0.5 });
  assert.deepEqual(pairOf([{ ...pair, probability: null, low: null, high: null, problem: 'none' }], 'y', 'x')?.probability, null);
  assert.equal(pairOf([pair], 'x', 'z'), null);
});
