import assert from 'node:assert/strict';
import { test } from 'node:test';
import { layOut, membersIn, speciesAt } from '../src/ribbon';

test('species are stacked by age; one that is born later begins there, one that dies ends', () => {
  const laid = layOut([[1, [1, 10]], [2, [2, 5, 1, 15]], [3, [2, 20]]], 100);
  assert.deepEqual(laid.iterations, [1, 2, 3]);
  assert.deepEqual(laid.totals, [10, 20, 20]);
  assert.deepEqual(laid.ribbons, [{ id: 1, first: 0, low: [0, 0], high: [1, 0.75] }, { id: 2, first: 1, low: [0.75, 0], high: [1, 1] }]);
  assert.equal(speciesAt(laid, 1, 0.8)?.id, 2);
  assert.equal(speciesAt(laid, 2, 0.1)?.id, 2);
  assert.equal(speciesAt(laid, 0, 1.2), undefined);
  assert.deepEqual(laid.ribbons.map((ribbon) => membersIn(laid, ribbon, 1)), [15, 5]);
});

test('of many rows an even choice is taken, with the last', () => {
  const laid = layOut(Array.from({ length: 1000 }, (_, i) => [i, [1, 4]]), 100);
  assert.equal(laid.iterations.length, 101);
  assert.equal(laid.iterations.at(-1), 999);
});

test('a species that is away for a while has no width then', () => {
  const laid = layOut([[1, [1, 5, 2, 5]], [2, [1, 10]], [3, [1, 5, 2, 5]]], 100);
  const two = laid.ribbons.find(({ id }) => id === 2);
  assert.ok(two);
  assert.deepEqual([0, 1, 2].map((column) => membersIn(laid, two, column)), [5, 0, 5]);
});
